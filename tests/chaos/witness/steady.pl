#!/usr/bin/perl
# A long job that keeps its own account: it writes numbered lines at a steady pace and leaves.
#
#   steady.pl DIRECTORY LINES PACE_MS CODE
#
# DIRECTORY/account gets, with times of the machine's own clock in ms:
#   begin ATTEMPT PID MS alone|copy   whether it took the lock of its job
#   line N MS                         line N was written
#   sig NAME                          a signal was heard, and nothing done about it
#   end CODE                          it is about to leave with this code
use strict;
use warnings;
use POSIX qw(_exit);
use Fcntl qw(:DEFAULT :flock);
use Time::HiRes qw(clock_gettime sleep CLOCK_MONOTONIC);

my ($directory, $lines, $pace, $code) = @ARGV;
sysopen(my $account, "$directory/account", O_WRONLY | O_CREAT | O_APPEND, 0644) or _exit(99);
sub account { syswrite($account, "$_[0]\n") }
sub now { int(clock_gettime(CLOCK_MONOTONIC) * 1000) }
sysopen(my $lock, "$directory/lock", O_RDWR | O_CREAT, 0644) or _exit(98);
my $alone = flock($lock, LOCK_EX | LOCK_NB) ? 'alone' : 'copy';
for my $name (qw(TERM INT HUP)) { $SIG{$name} = sub { account("sig $name") } }

my $began = now();
account(join ' ', 'begin', $ENV{PROCGUARD_ATTEMPT} // '-', $$, $began, $alone);
for my $n (1 .. $lines) {
  syswrite(STDOUT, "line $n\n");
  account(join ' ', 'line', $n, now());
  # By the clock and not by the sleep: the pace holds however long a write took.
  while ((my $rest = $began + $n * $pace - now()) > 0) { sleep $rest / 1000 }
}
account("end $code");
_exit($code);
