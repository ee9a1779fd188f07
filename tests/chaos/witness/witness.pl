#!/usr/bin/perl
# A witness: a supervised program that keeps its own account of its life, where ProcGuard does not look.
#
#   witness.pl DIRECTORY MARK ROLE
#
# DIRECTORY gets one file per life, <run>.<pid>, appended to line by line:
#   alone | copy     whether it took the lock that only one tree can hold (it goes with the last process of the tree)
#   N BYTES          line N was written, and so many bytes of it were taken; !ERRNO where none were
#   sig NAME         a signal was heard
#   exit CODE        it is about to end with this code
# The account follows the deed, so after a kill one more line may have been written than the account says.
# MARK and the run stand in the command line of every process of the tree: that is how it is found again, by no means
# that ProcGuard uses. They get there by an exec: assigning to $0 would overwrite the environment that the kernel shows,
# as setproctitle does, and with it the run's cookie.
#
# Perl, because it is on every Debian, starts in 2 ms and buffers nothing that it is told not to.
use strict;
use warnings;
use POSIX qw(setsid _exit);
use Fcntl qw(:DEFAULT :flock);

$^F = 1000; # descriptors pass an exec: the lock is held by the last of the tree, not by its leader
my ($directory, $mark, $role, $run) = @ARGV;
exec { $^X } $^X, $0, @ARGV, $ENV{PROCGUARD_RUN_ID} // 'no-run' unless defined $run;

sysopen(my $truth, "$directory/$run.$$", O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0644) or _exit(99);
sub account { syswrite($truth, "$_[0]\n") }
sysopen(my $lock, "$directory/lock", O_RDWR | O_CREAT, 0644) or _exit(98);
account(flock($lock, LOCK_EX | LOCK_NB) ? 'alone' : 'copy');

# 0..999, different for each life and the same for whoever knows its run.
my $fate = 0;
$fate = ($fate * 31 + ord) % 1000 for split //, $run;

my $written = 0;
my $chunk = join '', map { chr(ord('a') + $_ % 26) } 0 .. 1023;
sub line {
  my ($n) = @_;
  return sprintf('%08d ', $n) . substr($chunk x 1024, 0, 1024 * 1024 - 10) . "\n" if $role eq 'longLines' && $n % 5 == 0;
  return sprintf('%08d ', $n) . substr($chunk x 4096, 0, 4 * 1024 * 1024 - 10) . "\n" if $role eq 'loud';
  return pack('C*', map { ($_ * 7 + $n) % 256 } 0 .. 1022) if $role eq 'binary';
  return sprintf("%d %s\n", $n, 'x' x ($n * 37 % 60));
}
# A signal between the deed and its account waits for the account: else a line in the middle would be missing there.
my $busy = 0;
my @late;
sub put {
  my $n = ++$written;
  $busy = 1;
  my $taken = syswrite($n % 10 == 0 ? \*STDERR : \*STDOUT, line($n));
  account("$n " . ($taken // '!' . ($! + 0)));
  $busy = 0;
  while (my $then = shift @late) { $then->() }
}
sub pause { select(undef, undef, undef, $_[0] / 1000) }
sub leave { account("exit $_[0]"); _exit($_[0]) }
sub hear {
  my ($name, $then) = @_;
  $SIG{$name} = sub { account("sig $name"); $busy ? push(@late, $then) : $then->() };
}

# A descendant that nobody waits for, in a session of its own, that does not listen to SIGTERM.
sub daemon {
  return if fork // 0;
  setsid;
  _exit(0) if fork // 0;
  $SIG{TERM} = $SIG{HUP} = $SIG{INT} = 'IGNORE';
  exec { '/bin/sleep' } "witness $mark $run daemon", 1000;
}
# Two children each, four generations, and each child that ends is replaced a few times.
sub bomb {
  my ($generation) = @_;
  $SIG{TERM} = 'IGNORE';
  my $births = 0;
  while (1) {
    if ($generation < 4 && $births < 6) {
      my $child = fork;
      if (defined $child && $child == 0) { bomb($generation + 1) }
      $births++;
      waitpid(-1, 0) if $births > 2;
    }
    else { pause(1000) }
  }
}

my $life = $role eq 'crasher' || $role eq 'leaver' ? 60 + $fate % 500 : 0;
hear('TERM', sub { put() for 1 .. 3; leave(3) }) if $role eq 'graceful';
hear('TERM', sub { }) if $role eq 'ignorer' || $role eq 'bomber';
daemon() if $role eq 'forker' || $role eq 'leaver';
if ($role eq 'bomber' && !(fork // 1)) { bomb(1) }
if ($role eq 'reaperless') { for (1 .. 3) { _exit(0) unless fork // 1 } }

my $pace = $role eq 'loud' ? 0 : $role eq 'longLines' || $role eq 'binary' ? 15 : 4;
my $lived = 0;
for (;;) {
  put() unless $role eq 'loud' && $written >= 24;
  pause($role eq 'loud' && $written >= 24 ? 20 : $pace);
  $lived += $pace || 1;
  leave($fate % 5) if $role eq 'crasher' && $lived >= $life;
  leave(5) if $role eq 'leaver' && $lived >= $life;
  kill 'STOP', $$ if $role eq 'sleeper' && $lived >= 100 && $lived < 100 + $pace;
  if ($role eq 'escaper' && $lived >= 400 && $lived < 400 + $pace && !(fork // 1)) {
    # No environment, no parent, no session, no group of its run: only the kernel's own list still has it.
    setsid;
    _exit(0) if fork // 0;
    %ENV = ();
    exec { '/bin/sleep' } "witness $mark $run escaped", 1000;
  }
}
