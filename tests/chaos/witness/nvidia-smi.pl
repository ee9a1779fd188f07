#!/usr/bin/perl
# An nvidia-smi for devices that are files: a device is in use while a job (job.pl) holds the lock of its file.
#
#   nvidia-smi.pl DIRECTORY WORKER DEVICES QUERY...
#
# Locks are read from the kernel's list and never taken, so that looking disturbs nobody. Each look writes a line into
# DIRECTORY/looks: `WORKER FROM_MS TO_MS EMPTY,EMPTY...`, by the machine's own clock before and after it looked.
use strict;
use warnings;
use Fcntl;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($directory, $worker, $devices, $query) = @ARGV;
my $lookedAt = int(clock_gettime(CLOCK_MONOTONIC) * 1000);
my (%holder, @empty);
open(my $locks, '<', '/proc/locks') or die "/proc/locks: $!";
while (<$locks>) { $holder{$2} = $1 if /FLOCK\s+\S+\s+WRITE\s+(\d+)\s+\S+:(\d+)\s/ }
my $hasLookedAt = int(clock_gettime(CLOCK_MONOTONIC) * 1000);
for my $i (0 .. $devices - 1) {
  my $inode = (stat "$directory/device-$worker-$i")[1];
  my $pid = defined $inode ? $holder{$inode} : undef;
  push @empty, $i unless $pid;
  if ($query =~ /^--query-gpu=/) { printf "%d, GPU-%d, Test 9000, 24576, %d, %d\n", $i, $i, $pid ? 8192 : 0, $pid ? 90 : 0 }
  elsif ($query =~ /^--query-compute-apps=/ && $pid) { print "$pid, GPU-$i, 8192\n" }
}
exit 0 unless $query =~ /^--query-gpu=/;
sysopen(my $looks, "$directory/looks", O_WRONLY | O_CREAT | O_APPEND, 0644) or die "looks: $!";
syswrite($looks, "$worker $lookedAt $hasLookedAt " . join(',', @empty) . "\n");
