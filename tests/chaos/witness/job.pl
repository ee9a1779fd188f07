#!/usr/bin/perl
# A job that keeps its own account: one line when it begins and one when it has run to its end, appended to one file.
#
#   job.pl DIRECTORY MARK JOB LIFE_MS CODE [stubborn] [stumbles]
#
#   begin JOB ATTEMPT WORKER MS alone|copy free|taken DEVICES   whether it took the locks of its job and of its devices
#   end JOB ATTEMPT CODE MS                                     it is about to leave with this code
# The locks go with it, so an attempt that begins while another of its job lives is seen by itself. One that lives for
# longer writes each 0.1 s into a file of its own, alive-ATTEMPT, when it was there.
#   stubborn   hears no SIGTERM
#   stumbles   the first that comes to its end leaves with 9 in place of CODE
# Times are of the machine's own clock, ms.
use strict;
use warnings;
use POSIX qw(_exit);
use Fcntl qw(:DEFAULT :flock);
use Time::HiRes qw(clock_gettime sleep CLOCK_MONOTONIC);

my ($directory, $mark, $job, $life, $code, @habits) = @ARGV;
my %is = map { $_ => 1 } @habits;
my ($attempt, $worker) = ($ENV{PROCGUARD_ATTEMPT} // '-', $ENV{PROCGUARD_WORKER} // '-');
sub now { int(clock_gettime(CLOCK_MONOTONIC) * 1000) }
my $ends = now() + $life;
$SIG{TERM} = 'IGNORE' if $is{stubborn};
sysopen(my $account, "$directory/account", O_WRONLY | O_CREAT | O_APPEND, 0644) or _exit(99);
my @held;
sub take {
  sysopen(my $lock, "$directory/$_[0]", O_RDWR | O_CREAT, 0644) or _exit(98);
  push @held, $lock;
  return flock($lock, LOCK_EX | LOCK_NB);
}
my $isAlone = take("job-$job") ? 'alone' : 'copy';
my $isFree = 'free';
my $devices = $ENV{CUDA_VISIBLE_DEVICES} // '';
for (split /,/, $devices) { $isFree = 'taken' unless take("device-$worker-$_") }
syswrite($account, join(' ', 'begin', $job, $attempt, $worker, now(), $isAlone, $isFree, $devices) . "\n");

if ($life >= 500) {
  sysopen(my $alive, "$directory/alive-$attempt", O_WRONLY | O_CREAT, 0644) or _exit(97);
  while ((my $rest = $ends - now()) > 0) {
    sysseek($alive, 0, 0);
    syswrite($alive, now() . "\n");
    sleep(($rest < 100 ? $rest : 100) / 1000);
  }
}
else { while ((my $rest = $ends - now()) > 0) { sleep $rest / 1000 } }
$code = 9 if $is{stumbles} && sysopen(my $stumbled, "$directory/stumbled-$job", O_WRONLY | O_CREAT | O_EXCL, 0644);
syswrite($account, sprintf("end %s %s %d %d\n", $job, $attempt, $code, now()));
_exit($code);
