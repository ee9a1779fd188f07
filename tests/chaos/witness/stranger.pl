#!/usr/bin/perl
# A bystander: a program that ProcGuard did not start and must never signal. It writes down every signal it hears.
#
#   stranger.pl FILE MARK [PID]
#
# With PID it tries to be born under that number, by telling the kernel which one it gave last. Prints its pid when it
# listens, or nothing when the number could not be had.
use strict;
use warnings;
use POSIX qw(setsid);
use Fcntl;

my ($file, $mark, $wanted) = @ARGV;
my $given = '/proc/sys/kernel/ns_last_pid';
sub bornAs {
  my ($pid) = @_;
  for (1 .. 100) {
    open(my $last, '>', $given) or exit 1;
    print $last $pid - 1;
    close $last or exit 1;
    my $child = fork // exit 1;
    return if $child == 0 && $$ == $pid;
    exit 0 if $child == 0;
    exit 0 if $child == $pid;
    waitpid($child, 0);
  }
  exit 1;
}
bornAs($wanted) if defined $wanted;
setsid;
$0 = "stranger $mark";
sysopen(my $account, $file, O_WRONLY | O_CREAT | O_APPEND, 0644) or exit 1;
for my $name (grep { !/^(KILL|STOP|CHLD|__\w+|NUM\d+|ZERO)$/ } keys %SIG) {
  eval { $SIG{$name} = sub { syswrite($account, "$name\n") } };
}
$| = 1;
print "$$\n";
close STDOUT;
close STDERR;
select(undef, undef, undef, 1) while 1;
