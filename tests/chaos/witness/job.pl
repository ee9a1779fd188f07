#!/usr/bin/perl
# A job that keeps its own account: one line when it begins and one when it has run to its end, appended to one file.
#
#   job.pl DIRECTORY MARK JOB LIFE_MS CODE
#
#   begin JOB ATTEMPT WORKER MS alone|copy FREE|taken   whether it took the locks of its job and of its devices
#   end JOB ATTEMPT CODE                                it is about to leave with this code
# The locks go with it, so an attempt that begins while another of its job lives is seen by itself.
use strict;
use warnings;
use POSIX qw(_exit);
use Fcntl qw(:DEFAULT :flock);
use Time::HiRes qw(time sleep);

my ($directory, $mark, $job, $life, $code) = @ARGV;
my ($attempt, $worker) = ($ENV{PROCGUARD_ATTEMPT} // '-', $ENV{PROCGUARD_WORKER} // '-');
sysopen(my $account, "$directory/account", O_WRONLY | O_CREAT | O_APPEND, 0644) or _exit(99);
my @held;
sub take {
  sysopen(my $lock, "$directory/$_[0]", O_RDWR | O_CREAT, 0644) or _exit(98);
  push @held, $lock;
  return flock($lock, LOCK_EX | LOCK_NB);
}
my $isAlone = take("job-$job") ? 'alone' : 'copy';
my $isFree = 'free';
for (split /,/, $ENV{CUDA_VISIBLE_DEVICES} // '') { $isFree = 'taken' unless take("device-$worker-$_") }
syswrite($account, sprintf("begin %s %s %s %d %s %s\n", $job, $attempt, $worker, time * 1000, $isAlone, $isFree));
sleep $life / 1000;
syswrite($account, "end $job $attempt $code\n");
_exit($code);
