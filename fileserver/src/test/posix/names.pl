# What makes, removes, renames and links names: errors, and what changes with success.
use strict;
use warnings;
use Fcntl;
use IO::Socket::UNIX;
use POSIX ();
use FindBin;
use lib $FindBin::Bin;
use Checks;

umask 022;

# unlink(2) itself: Perl's own looks first.
sub unlinked { my ($path) = @_; return syscall(87, $path) == 0 }

sub opened { my ($path, $flags, $mode) = @_; sysopen my $file, $path, $flags, $mode // 0666 }

# open and creat
make('file', 'content');
mkdir 'dir';
mkdir 'dir/sub';
symlink 'file', 'link';
symlink 'nothing', 'dangling';
symlink 'loop2', 'loop1';
symlink 'loop1', 'loop2';
symlink 'dir', 'todir';
is 'mc', rises(sub { opened('made', O_CREAT | O_WRONLY, 0676) }, '.'), 'creating raises mtime and ctime of the directory';
is '654', mode_of('made'), 'a new file has its mode without the bits of the umask';
is '0 1', join(' ', @{stat_of('made')}{qw(size nlink)}), 'a new file is empty and has one name';
is '- -', rises(sub { opened('made', O_CREAT | O_WRONLY, 0700) }, '.', 'made'), 'creating what is there changes nothing';
is '654', mode_of('made'), 'creating what is there leaves its mode';
is 'EEXIST', try { opened($_, O_CREAT | O_EXCL | O_WRONLY) }, "O_EXCL of what is there: $_" for qw(file dir link dangling loop1);
is 'ok', try { opened('dangling', O_CREAT | O_WRONLY) }, 'O_CREAT through a link makes what it names';
is 'ok', try { -f 'nothing' }, 'what the link named is there';
is 'mc -', rises(sub { opened('file', O_TRUNC | O_WRONLY) }, 'file', '.'), 'O_TRUNC raises the times of the file alone';
is '0', stat_of('file')->{size}, 'O_TRUNC empties';
is 'EISDIR', try { opened('dir', $_) }, "a directory is not opened for writing: $_" for O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC;
is 'ENOTDIR', try { opened($_, O_RDONLY | O_DIRECTORY) }, "O_DIRECTORY of a file: $_" for qw(file link);
is 'ELOOP', try { opened('link', O_RDONLY | O_NOFOLLOW) }, 'O_NOFOLLOW of a link';
is 'ELOOP', try { opened($_, O_RDONLY) }, "links in a circle: $_" for qw(loop1 loop1/x);
is 'ENXIO', try { POSIX::mkfifo('fifo', 0666); opened('fifo', O_WRONLY | O_NONBLOCK) }, 'a FIFO without a reader';
is 'ENXIO', try { IO::Socket::UNIX->new(Local => 'socket', Listen => 1) or die; opened('socket', O_RDWR) }, 'a socket is not opened';

# The same errors for every call that takes a path
my %calls = (
    open => sub { opened($_[0], O_CREAT | O_WRONLY) },
    mkdir => sub { mkdir $_[0] },
    mkfifo => sub { POSIX::mkfifo($_[0], 0666) },
    symlink => sub { symlink 'x', $_[0] },
    link => sub { link 'file', $_[0] },
    rename => sub { make('moved'); rename 'moved', $_[0] },
    unlink => sub { unlinked($_[0]) },
    rmdir => sub { rmdir $_[0] },
    chmod => sub { chmod 0644, $_[0] },
    chown => sub { chown 0, 0, $_[0] },
    truncate => sub { truncate $_[0], 0 },
    utimens => sub { utimens($_[0], 1, 1, 1, 1) },
    stat => sub { stat $_[0] },
    readlink => sub { defined readlink $_[0] },
);
for my $name (sort keys %calls) {
    my $call = $calls{$name};
    is 'ENOTDIR', try { $call->('file/x') }, "$name below a file";
    is 'ENOENT', try { $call->('absent/x') }, "$name below what is not there";
    is 'ENOENT', try { $call->('') }, "$name of no path at all";
    is 'ELOOP', try { $call->('loop1/x') }, "$name through links in a circle";
    is 'ENAMETOOLONG', try { $call->(path_of(256)) }, "$name of a name of 256 bytes";
    is 'ENAMETOOLONG', try { $call->('./' x 2047 . 'ab') }, "$name of a path of 4,096 bytes";
}
for my $name (qw(unlink rmdir chmod chown truncate utimens stat readlink)) {
    is 'ENOENT', try { $calls{$name}->('absent') }, "$name of what is not there";
    is 'ENOENT', try { $calls{$name}->(path_of(255)) }, "$name of a name of 255 bytes that is not there";
}
for my $name (qw(mkdir mkfifo symlink link)) {
    for my $there (qw(file dir link loop1 fifo)) {
        is 'EEXIST', try { $calls{$name}->($there) }, "$name of what is there: $there";
    }
    is 'mc', rises(sub { $calls{$name}->(path_of(255)) }, '.'), "$name raises mtime and ctime of the directory, with 255 bytes too";
    is 'mc', rises(sub { unlink path_of(255) or rmdir path_of(255) }, '.'), "so does removing it again after $name";
}

# unlink and rmdir
is 'EISDIR', try { unlinked('dir') }, 'unlink of a directory';
is 'EINVAL', try { rmdir 'dir/.' }, 'rmdir of .';
is 'ENOTEMPTY', try { rmdir 'dir/sub/..' }, 'rmdir of ..';
is 'ENOTEMPTY', try { rmdir 'dir' }, 'rmdir of a directory that is not empty';
is 'ENOTDIR', try { rmdir $_ }, "rmdir of no directory: $_" for qw(file link fifo todir);
is 'ok', try { make('doomed'); link 'doomed', 'other' }, 'a second name';
is 'mc c', rises(sub { unlink 'doomed' }, '.', 'other'), 'unlink raises the ctime of what has other names';
is '1', stat_of('other')->{nlink}, 'and takes one name from it';
is 'ok', try { unlink('link') && -f 'file' }, 'unlink of a link leaves what it names';
symlink 'file', 'link';
my $parent = stat_of('dir')->{nlink};
is 'ok', try { mkdir 'dir/new' }, 'a new directory';
is 2, stat_of('dir/new')->{nlink}, 'has two names';
is $parent + 1, stat_of('dir')->{nlink}, 'and its parent one more';
is 'ok', try { rmdir 'dir/new' }, 'rmdir';
is $parent, stat_of('dir')->{nlink}, 'takes it away again';
open my $held, '+<', 'other' or die $!;
is 'ok', try { unlink 'other' }, 'unlink of an open file';
is 'ok', try { syswrite($held, 'written later') == 13 && sysseek($held, 0, 0) }, 'it is written as long as it is open';
is 'written later', scalar(<$held>), 'and read';
is 'ENOENT', try { stat 'other' }, 'though it has no name';
close $held;
mkdir 'here';
chdir 'here' or die $!;
is 'ok', try { rmdir '../here' }, 'rmdir of the working directory';
is 'ENOENT', try { opened('x', O_CREAT | O_WRONLY) }, 'in which nothing is made any more';
chdir '..' or chdir $ENV{PWD} or die $!;

# link
make('a', 'of a');
is 'mc c', rises(sub { link 'a', 'b' }, '.', 'a'), 'link raises the ctime of the file';
is stat_of('a')->{ino} . ' 2', join(' ', @{stat_of('b')}{qw(ino nlink)}), 'both names are one file';
is 'EPERM', try { link 'dir', 'dir2' }, 'a directory gets no second name';
is 'ENOENT', try { link 'absent', 'x' }, 'link of what is not there';
is 'ok', try { link 'dangling', 'dangling2' }, 'link of a symbolic link';
is 'nothing', readlink 'dangling2', 'is the symbolic link itself';

# symlink
is 'ENOENT', try { symlink '', 'empty' }, 'a link to nothing at all';
is 'ok', try { symlink 'x' x 4095, 'long' }, 'a link of 4,095 bytes';
is 4095, length readlink 'long', 'comes back whole';
is 'ENAMETOOLONG', try { symlink 'x' x 4096, 'longer' }, 'a link of 4,096 bytes';
is 'ok', try { symlink "\xff/../ \n", 'odd' }, 'a link of any bytes';
is "\xff/../ \n", readlink 'odd', 'comes back as it was';
is '777 7', mode_of('odd') . ' ' . stat_of('odd')->{size}, 'a link has its length and all modes';
is 'EINVAL', try { defined readlink $_ }, "readlink of no link: $_" for qw(file dir fifo);

# rename
make('c', 'of c');
make('d', 'of d');
is 'mc', rises(sub { rename 'c', 'd' }, '.'), 'rename raises the times of the directory';
is 'of c', slurp('d'), 'rename over a file';
link 'd', 'd1';
is 'c', rises(sub { rename 'd', 'd0' }, 'd1'), 'rename raises the ctime of the file';
rename 'd0', 'd';
is 'ENOENT', try { rename 'c', 'e' }, 'rename of what is not there';
is '-', rises(sub { rename 'a', 'b' }, '.'), 'rename of two names of one file does nothing';
is 'of a of a', join(' ', slurp('a'), slurp('b')), 'and both are there';
link 'd', 'd2';
is 'c', rises(sub { make('over'); rename 'over', 'd' }, 'd2'), 'the ctime of what is replaced rises where it has other names';
is 'EISDIR', try { rename 'a', 'dir' }, 'a file does not replace a directory';
is 'ENOTDIR', try { rename 'dir', 'a' }, 'a directory does not replace a file';
mkdir 'empty';
is 'ENOTEMPTY', try { rename 'empty', 'dir' }, 'a directory replaces no directory that is not empty';
is 'EINVAL', try { rename 'dir', $_ }, "a directory does not go below itself: $_" for qw(dir/x dir/sub/x);
is 'ENOTEMPTY', try { rename 'dir/sub', 'dir' }, 'nor does one replace what it is in';
is 'EBUSY', try { rename 'dir/.', 'x' }, 'rename of .';
my $inode = stat_of('dir')->{ino};
is 'ok', try { rename 'dir', 'empty' }, 'a directory replaces an empty one';
is "$inode $inode", stat_of('empty')->{ino} . ' ' . stat_of('empty/sub/..')->{ino}, 'and stays the directory that it was';
mkdir 'left';
mkdir 'right';
mkdir 'left/d';
is 'mc mc', rises(sub { rename 'left/d', 'right/d' }, 'left', 'right'), 'rename raises the times of both directories';
is '2 3', join(' ', map { stat_of($_)->{nlink} } qw(left right)), 'and moves the name of the parent';
is stat_of('right')->{ino}, stat_of('right/d/..')->{ino}, 'which is another now';
is 'ok', try { rename 'link', 'a' }, 'a link replaces a file';
is 'file', readlink 'a', 'and is a link still';
is 'ok', try { make('e'); rename 'e', 'a' }, 'a file replaces a link';
is 'ok', try { -f 'a' && !-l 'a' && -f 'file' }, 'and not what it names';
make('old', 'old');
make('new', 'new');
open $held, '<', 'old' or die $!;
is 'ok', try { rename 'new', 'old' }, 'rename over an open file';
is 'old', scalar(<$held>), 'which stays readable';
is 'new', slurp('old'), 'while the name has the new one';
close $held;
open $held, '>>', 'old' or die $!;
rename 'old', 'older';
is 'ok', try { syswrite($held, ' and more') && close $held }, 'an open file is written after it was renamed';
is 'new and more', slurp('older'), 'and the bytes are in it';
make('x');
make('y');
# Version 3 of NFS has no such renames, and the client says so.
is 'EEXIST', try { renameat2('x', 'y', 1) }, 'RENAME_NOREPLACE of what is there';
is on_nfs ? 'EINVAL' : 'ok', try { renameat2('x', 'z', 1) }, 'RENAME_NOREPLACE';
rename 'z', 'x';
is on_nfs ? 'EINVAL' : 'ok', try { renameat2('x', 'y', 2) }, 'RENAME_EXCHANGE';
done;
