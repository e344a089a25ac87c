# Listing a directory: each entry once, places that are kept, and others at work in it meanwhile.
use strict;
use warnings;
use POSIX ();
use FindBin;
use lib $FindBin::Bin;
use Checks;

sub names { my ($path) = @_; opendir my $dir, $path or die $!; return grep { !/^\.\.?$/ } readdir $dir }

# Name, inode and type of each entry, as getdents64(2) has them.
sub entries {
    my ($path) = @_;
    open my $dir, '<', $path or die $!;
    my @entries;
    while (1) {
        my $buffer = "\0" x 32768;
        my $length = syscall(217, fileno $dir, $buffer, length $buffer);
        die $! if $length < 0;
        return @entries if $length == 0;
        for (my $at = 0; $at < $length;) {
            my ($inode, $offset, $size, $type) = unpack 'Q q S C', substr $buffer, $at;
            push @entries, [unpack('Z*', substr $buffer, $at + 19, $size - 19), $inode, $type];
            $at += $size;
        }
    }
}

my $many = 1000;
mkdir 'd';
make("d/kept-$_") for 1 .. $many;
mkdir 'd/sub';
symlink 'x', 'd/link';
opendir my $dir, 'd' or die $!;
my @all = readdir $dir;
is $many + 4, scalar @all, 'every entry is listed, with . and ..';
my %count;
$count{$_}++ for @all;
is $many + 4, scalar keys %count, 'and once';
my %of = map { $_->[0] => $_ } entries('d');
is 'ok', try { !grep { $of{$_}[1] != stat_of("d/$_")->{ino} } @all }, 'the inode of a listing is the one of stat';
is '4 4 8 10', join(' ', map { $of{$_}[2] } '.', 'sub', 'kept-1', 'link'), 'so is the type';

# seekdir goes back to what telldir said
rewinddir $dir;
my (@places, @order);
while (1) {
    my $place = telldir $dir;
    my $name = readdir $dir;
    last if !defined $name;
    push @places, $place;
    push @order, $name;
}
is "@all", "@order", 'a second listing has the same order';
my @again = map { seekdir $dir, $places[$_]; scalar readdir $dir } map { ($_ * 7919) % @places } 0 .. 400;
is join(' ', map { $order[($_ * 7919) % @places] } 0 .. 400), "@again", 'each place leads to its entry, in any order';

# Others add and remove while it is listed
sub meanwhile {
    my ($work) = @_;
    my $child = fork // die $!;
    return $child if $child;
    $work->();
    POSIX::_exit(0);
}
my $child = meanwhile(sub { for my $round (1 .. 3) { make("d/new-$round-$_") for 1 .. 60; unlink "d/new-$round-$_" for 1 .. 60 } });
for my $round (1 .. 6) {
    my %seen;
    $seen{$_}++ for grep { /^kept/ } names('d');
    is $many, scalar keys %seen, 'what stays is listed while others come and go';
    is 0, scalar(grep { $_ > 1 } values %seen), 'and once';
}
waitpid $child, 0;
is 0, $?, 'they were made and removed';

# The place of an entry that is gone
rewinddir $dir;
my @first = map { scalar readdir $dir } 1 .. 400;
my $place = telldir $dir;
unlink map { "d/$_" } grep { /^kept/ } @first;
seekdir $dir, $place;
my @rest = readdir $dir;
# On a tmpfs places are numbers of entries, which move.
is join(' ', @order[400 .. $#order]), "@rest", 'a listing goes on where it was when all before it is removed' if on_nfs;
is 0, scalar(grep { my $name = $_; grep { $name eq $_ } @first[0 .. 20] } grep { /^kept/ } names('d')), 'a new listing has none of them';

# Removed as it is read, as rm -r does
opendir $dir, 'd' or die $!;
my $removed = 0;
while (defined(my $name = readdir $dir)) {
    $removed += unlink "d/$name" if $name =~ /^kept|link/;
}
is $many + 1 - grep({ /^kept/ } @first), $removed, 'each entry is met once while those before it are removed';
is 'sub', join(' ', names('d')), 'and nothing else is left';
is 'ok', try { rmdir 'd/sub' && rmdir 'd' }, 'so that it can be removed';
is 0, scalar readdir_of_removed(), 'a directory that is gone lists nothing';

sub readdir_of_removed {
    mkdir 'e';
    opendir my $gone, 'e' or die $!;
    rmdir 'e';
    return grep { !/^\.\.?$/ } readdir $gone;
}
done;
