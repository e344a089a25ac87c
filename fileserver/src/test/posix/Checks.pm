# What the checks beside it are written with. Each check is one line: what must be, what is, and a sentence. Every file of
# checks runs in an empty directory of the file system to be tried, as root, on an x86-64 Linux.
package Checks;
use strict;
use warnings;
use Errno;
use Exporter 'import';
use Fcntl ':mode';
use POSIX ();

our @EXPORT = qw(is try as stat_of mode_of times_of rises tick make slurp path_of utimens fallocate renameat2 seek_to
    done on_nfs WRONG UTIME_NOW UTIME_OMIT);

use constant { AT_FDCWD => -100, UTIME_NOW => (1 << 30) - 1, UTIME_OMIT => (1 << 30) - 2 };
use constant { LSTAT => 6, LSEEK => 8, FALLOCATE => 285, UTIMENSAT => 280, RENAMEAT2 => 316, SYMLINK_NOFOLLOW => 0x100 };

my ($checks, $wrong) = (0, 0);
$| = 1;

# Errors that Linux has two names for, by the name that is used here.
my %same = (EWOULDBLOCK => 'EAGAIN', ENOTSUP => 'EOPNOTSUPP', EDEADLOCK => 'EDEADLK');

sub on_nfs { return ($ENV{CHECKED} // '') eq 'nfs' }

sub is {
    my ($expected, $actual, $sentence) = @_;
    $checks++;
    return if defined $actual && $expected eq $actual;
    $wrong++;
    printf "%s: expected %.200s, but was %.200s\n", $sentence, $expected, $actual // 'nothing';
}

# The last line of each file of checks.
sub done { print "$checks checks, $wrong wrong\n" }

# "ok" when it returns something true, else the name of the error.
sub try(&) {
    my ($call) = @_;
    local $! = 0;
    return 'ok' if $call->();
    my ($name) = sort grep { $!{$_} } keys %!;
    return $same{$name // ''} // $name // "error $!";
}

# The same as a user and the groups it is in, of which the first is its own.
sub as {
    my ($call, $uid, @groups) = @_;
    pipe my $in, my $out or die $!;
    my $child = fork // die $!;
    if ($child == 0) {
        my $gid = $groups[0] // $uid;
        $) = join ' ', $gid, @groups ? @groups : $gid;
        POSIX::setgid($gid);
        POSIX::setuid($uid);
        die "still root" if $> != $uid;
        print $out try { $call->() };
        close $out;
        POSIX::_exit(0);
    }
    close $out;
    my $result = do { local $/; <$in> };
    waitpid $child, 0;
    return $result;
}

# The fields of lstat(2) with the nanoseconds of its times.
sub stat_of {
    my ($path) = @_;
    my $buffer = "\0" x 144;
    return if syscall(LSTAT, "$path", $buffer) != 0;
    my %stat;
    @stat{qw(dev ino nlink mode uid gid rdev size blksize blocks as an ms mn cs cn)} =
        unpack 'Q3 L3 x4 Q q9', $buffer;
    return \%stat;
}

sub mode_of { return sprintf '%o', S_IMODE(stat_of($_[0])->{mode}) }

sub times_of { my $stat = stat_of($_[0]); return join ' ', map { sprintf '%d.%09d', @{$stat}{"${_}s", "${_}n"} } 'a', 'm' }

# Waits until the kernel's clock for files has moved on.
sub tick { select undef, undef, undef, 0.03 }

# Which of mtime (m) and ctime (c) of a path rise with a call that must succeed.
sub rises {
    my ($call, @paths) = @_;
    my @before = map { stat_of($_) } @paths;
    tick;
    my $result = try { $call->() };
    return $result if $result ne 'ok';
    my @risen;
    for my $i (0 .. $#paths) {
        my $after = stat_of($paths[$i]) or return "$paths[$i] is gone";
        push @risen, join '', grep {
            ($after->{"${_}s"} <=> $before[$i]{"${_}s"} || $after->{"${_}n"} <=> $before[$i]{"${_}n"}) > 0
        } 'm', 'c';
    }
    return join ' ', map { $_ || '-' } @risen;
}

sub make {
    my ($path, $content, $mode) = @_;
    open my $file, '>', $path or die "$path: $!";
    print $file $content // '';
    close $file or die "$path: $!";
    chmod $mode, $path or die $! if defined $mode;
    return 1;
}

sub slurp {
    open my $file, '<', $_[0] or return;
    local $/;
    return scalar(<$file>) // '';
}

# A name of that many bytes.
sub path_of { return 'n' x $_[0] }

# utimensat(2) without following links: seconds and nanoseconds of atime and mtime.
sub utimens {
    my ($path, @times) = @_;
    return syscall(UTIMENSAT, AT_FDCWD, $path, pack('q4', @times), SYMLINK_NOFOLLOW) == 0;
}

sub fallocate { my ($file, $mode, $offset, $length) = @_; return syscall(FALLOCATE, fileno $file, $mode, $offset, $length) == 0 }

sub renameat2 { my ($from, $to, $flags) = @_; return syscall(RENAMEAT2, AT_FDCWD, $from, AT_FDCWD, $to, $flags) == 0 }

# lseek(2); the offset it returns, or the error.
sub seek_to {
    my ($file, $offset, $whence) = @_;
    my $at;
    my $result = try { ($at = syscall(LSEEK, fileno $file, $offset, $whence)) >= 0 };
    return $result eq 'ok' ? $at : $result;
}

1;
