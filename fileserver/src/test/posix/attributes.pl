# What changes modes, owners, times and sizes, and what each user may do.
use strict;
use warnings;
use Fcntl;
use POSIX ();
use FindBin;
use lib $FindBin::Bin;
use Checks;

umask 022;
chmod 0777, '.';
my ($ann, $bob, $team) = (1001, 1002, 3000);

# A file or directory that belongs to somebody.
sub own { my ($path, $uid, $gid, $mode) = @_; chown $uid, $gid, $path or die $!; chmod $mode, $path or die $!; return 1 }

sub opened { my ($path, $flags, $mode) = @_; sysopen my $file, $path, $flags, $mode // 0666 }

sub lchown { my ($path, $uid, $gid) = @_; return syscall(94, $path, $uid, $gid) == 0 }

sub device { my ($path) = @_; return syscall(133, $path, 020644, 0x10305) == 0 }

sub appended { my ($path) = @_; sysopen my $file, $path, O_WRONLY | O_APPEND or return; return syswrite $file, 'x' }

# chmod
make('f', 'content');
mkdir 'd';
symlink 'f', 'l';
for my $mode (0, 07777, 04000, 02000, 01000, 0421, 0644) {
    is 'c', rises(sub { chmod $mode, 'f' }, 'f'), sprintf 'chmod to %o raises the ctime', $mode;
    is sprintf('%o', $mode), mode_of('f'), 'and sets each bit';
}
is 'ok', try { chmod 0600, 'l' }, 'chmod follows a link';
is '600', mode_of('f'), 'to what it names';
own('f', $ann, $ann, 0644);
is 'EPERM', as(sub { chmod 0777, 'f' }, $bob), 'only the owner sets the mode';
is '644', mode_of('f'), 'and it stays as it was';
is 'ok', as(sub { chmod 0755, 'f' }, $ann), 'the owner does';
own('f', $ann, $team, 0644);
is 'ok', as(sub { chmod 02755, 'f' }, $ann), 'chmod g+s by an owner who is not in the group';
is '755', mode_of('f'), 'sets all but that bit';
is 'ok', as(sub { chmod 06755, 'f' }, $ann, $ann, $team), 'chmod ug+s by an owner who is in the group';
is '6755', mode_of('f'), 'sets both';
own('d', $ann, $team, 0755);
is 'ok', as(sub { chmod 03777, 'd' }, $ann), 'the same with a directory';
is '1777', mode_of('d'), 'keeps the sticky bit';

# chown
own('f', $ann, $ann, 0644);
is 'c', rises(sub { chown $bob, $team, 'f' }, 'f'), 'chown raises the ctime';
is "$bob $team", join(' ', @{stat_of('f')}{qw(uid gid)}), 'and sets both';
own('f', $ann, $ann, 0644);
is 'EPERM', as(sub { chown $bob, -1, 'f' }, $ann), 'nobody gives a file away';
is 'EPERM', as(sub { chown -1, $team, 'f' }, $ann), 'nor to a group of others';
is 'EPERM', as(sub { chown -1, $bob, 'f' }, $bob), 'nor a file of others to a group';
is 'ok', as(sub { chown $ann, $team, 'f' }, $ann, $ann, $team), 'but to a group of its own';
is $team, stat_of('f')->{gid}, 'it does';
for my $who ([0], [$ann, $ann, $team]) {
    own('f', $ann, $ann, 06755);
    is 'ok', as(sub { chown -1, $team, 'f' }, @$who), "chown of a program by $who->[0]";
    is '755', mode_of('f'), 'clears suid and sgid';
    own('f', $ann, $ann, 02644);
    is 'ok', as(sub { chown -1, $team, 'f' }, @$who), "chown of what no group runs by $who->[0]";
    is '2644', mode_of('f'), 'leaves sgid';
    own('d', $ann, $ann, 07755);
    is 'ok', as(sub { chown -1, $team, 'd' }, @$who), "chown of a directory by $who->[0]";
    is '7755', mode_of('d'), 'clears nothing';
}
symlink 'f', 'owned';
is 'ok', try { lchown('owned', $ann, $bob) }, 'lchown';
is "$ann $bob", join(' ', @{stat_of('owned')}{qw(uid gid)}), 'sets the owner of a link';

# utimensat
make('t');
is 'ok', try { utimens('t', 1_000_000_000, 1, 1_234_567_890, 999_999_999) }, 'times to the nanosecond';
is '1000000000.000000001 1234567890.999999999', times_of('t'), 'come back as they were set';
is 'ok', try { utimens('t', 0, UTIME_OMIT, 77, 7) }, 'times that are left out';
is '1000000000.000000001 77.000000007', times_of('t'), 'stay as they are';
is 'ok', try { utimens('t', 4_294_967_295, 0, 0, 0) }, 'the first and last second of the protocol';
is '4294967295.000000000 0.000000000', times_of('t'), 'are kept';
is 'c', rises(sub { utimens('t', 5, 5, 0, 0) }, 't'), 'utimensat raises the ctime';
is 'mc', rises(sub { utimens('t', 0, UTIME_NOW, 0, UTIME_NOW) }, 't'), 'and the mtime, to now';
is 'ok', try { abs(stat_of('t')->{ms} - time) < 60 }, 'which is the time of the server';
symlink 't', 'tl';
is 'ok', try { utimens('tl', 8, 0, 9, 0) }, 'times of a link';
is '9', stat_of('tl')->{ms}, 'are its own';
own('t', $ann, $ann, 0644);
is 'EPERM', as(sub { utimens('t', 1, 0, 1, 0) }, $bob), 'only the owner sets times';
is 'EACCES', as(sub { utimens('t', 0, UTIME_NOW, 0, UTIME_NOW) }, $bob), 'or to now, who may write';
chmod 0666, 't';
is 'EPERM', as(sub { utimens('t', 1, 0, 1, 0) }, $bob), 'who may write does not set times';
is 'ok', as(sub { utimens('t', 0, UTIME_NOW, 0, UTIME_NOW) }, $bob), 'but to now';
# A call of NFS that sets one time to now may come from a truncation, so that whoever may write may do it.
is on_nfs ? 'ok' : 'EPERM', as(sub { utimens('t', 0, UTIME_NOW, 0, UTIME_OMIT) }, $bob), 'one of them';
is 'ok', as(sub { opened('t', O_WRONLY | O_TRUNC) }, $bob), 'and empties what is empty already';

# truncate
make('s', 'x' x 100);
is 'mc', rises(sub { truncate 's', 50 }, 's'), 'a shorter file is a changed one';
is 'mc', rises(sub { truncate 's', 5000 }, 's'), 'and a longer one';
is 'ok', try { slurp('s') eq 'x' x 50 . "\0" x 4950 }, 'with zeros at its end';
is 'EISDIR', try { truncate 'd', 0 }, 'truncate of a directory';
is 'EINVAL', try { truncate 's', -1 }, 'truncate to less than nothing';
is 'EINVAL', try { sysopen my $file, 's', O_RDONLY or die; syscall(77, fileno $file, 1) == 0 }, 'ftruncate of what is open for reading';
own('s', $ann, $ann, 0644);
is 'EACCES', as(sub { truncate 's', 0 }, $bob), 'truncate by who may not write';
chmod 0666, 's';
is 'ok', as(sub { truncate 's', 7 }, $bob), 'and by who may';
is '7', stat_of('s')->{size}, 'takes effect';

# suid and sgid go with what others write
for my $who ($bob, $ann) {
    for my $change (\&appended, sub { truncate 's', 3 }) {
        make('s', 'content');
        own('s', $ann, $ann, 06777);
        is 'ok', as(sub { $change->('s') }, $who), "a change by $who";
        is '777', mode_of('s'), 'clears suid and sgid';
        make('s', 'content');
        own('s', $ann, $ann, 06767);
        is 'ok', as(sub { $change->('s') }, $who), "a change by $who of what no group runs";
        is $who == $ann ? '2767' : '767', mode_of('s'), 'clears suid, and sgid unless it is a group of the caller';
    }
}
own('s', $ann, $ann, 06777);
is 'ok', try { appended('s') }, 'a write by root';
is '6777', mode_of('s'), 'leaves them';

# Directories: permission, setgid, sticky
mkdir 'closed';
make('closed/f', '', 0666);
own('closed', $ann, $ann, 0755);
my %changes = (
    creat => sub { opened('closed/x', O_CREAT | O_WRONLY) },
    mkdir => sub { mkdir 'closed/x' },
    mkfifo => sub { POSIX::mkfifo('closed/x', 0666) },
    symlink => sub { symlink 'x', 'closed/x' },
    link => sub { link 'closed/f', 'closed/x' },
    unlink => sub { unlink 'closed/f' },
    'rename out of' => sub { rename 'closed/f', 'x' },
    'rename into' => sub { opened('bobs', O_CREAT | O_WRONLY); rename 'bobs', 'closed/x' },
);
is 'EACCES', as($changes{$_}, $bob), "$_ in a directory that is not open to writing" for sort keys %changes;
chmod 0700, 'closed';
is 'EACCES', as(sub { stat 'closed/f' }, $bob), 'search of a directory that is closed';
is 'EACCES', as(sub { opendir my $dir, 'closed' }, $bob), 'and its listing';
chmod 0711, 'closed';
is 'ok', as(sub { stat 'closed/f' }, $bob), 'search without listing';
is 'EACCES', as(sub { opendir my $dir, 'closed' }, $bob), 'which stays closed';
chmod 0744, 'closed';
is 'ok', as(sub { opendir my $dir, 'closed' or return; return grep { $_ eq 'f' } readdir $dir }, $bob), 'listing without search';
is 'EACCES', as(sub { stat 'closed/f' }, $bob), 'which stays closed too';
is 'EPERM', as(sub { device('dev') }, $bob), 'a device by a user';
is 'ok', try { device('dev') }, 'a device by root';
is 0x10305, stat_of('dev')->{rdev}, 'has its numbers';

mkdir 'team';
own('team', $ann, $team, 02777);
is 'ok', as(sub { opened('team/f', O_CREAT | O_WRONLY) && mkdir 'team/d' and POSIX::mkfifo('team/p', 0666) and symlink 'x', 'team/l' }, $bob),
    'made in a setgid directory';
is "$team $team $team $team", join(' ', map { stat_of("team/$_")->{gid} } qw(f d p l)), 'all belong to its group';
is '644 2755', join(' ', map { mode_of("team/$_") } qw(f d)), 'and directories pass it on';
is 'ok', as(sub { opened('team/g', O_CREAT | O_WRONLY, 02775) }, $bob), 'a program asked for with sgid by who is not in the group';
is '755', mode_of('team/g'), 'does not get it';
is 'ok', as(sub { opened('team/h', O_CREAT | O_WRONLY, 02775) }, $bob, $bob, $team), 'by who is in the group';
is '2755', mode_of('team/h'), 'does';

mkdir 'sticky';
own('sticky', 0, 0, 01777);
for my $name (qw(f g h)) { make("sticky/$name"); own("sticky/$name", $ann, $ann, 0666) }
mkdir 'sticky/d';
own('sticky/d', $ann, $ann, 0777);
is 'EPERM', as(sub { unlink 'sticky/f' }, $bob), 'unlink of what belongs to others, in a sticky directory';
is 'EPERM', as(sub { rmdir 'sticky/d' }, $bob), 'rmdir';
is 'EPERM', as(sub { rename 'sticky/f', 'moved' }, $bob), 'rename';
is 'EPERM', as(sub { opened('mine', O_CREAT | O_WRONLY); rename 'mine', 'sticky/f' }, $bob), 'rename over it';
is 'ok', as(sub { rename 'sticky/f', 'sticky/k' and unlink 'sticky/k' }, $ann), 'the owner of the file may';
own('sticky', $bob, $bob, 01777);
is 'ok', as(sub { rename 'sticky/g', 'sticky/k' and unlink 'sticky/k' }, $bob), 'and the owner of the directory';
own('closed', $ann, $ann, 0777);
mkdir 'closed/sub';
own('closed/sub', $ann, $ann, 0755);
is 'EACCES', as(sub { rename 'closed/sub', 'sub' }, $bob), 'a directory that one may not write in does not get another parent';
is 'ok', as(sub { rename 'closed/sub', 'closed/sub2' }, $bob), 'but another name';

# What is open stays open
make('o', 'open');
own('o', $ann, $ann, 0600);
is 'ok', as(sub { sysopen my $file, 'o', O_RDWR or return; chmod 0, 'o' or return; sysread $file, my $read, 4 and syswrite $file, '!' }, $ann),
    'the owner reads and writes on after chmod 0';
is 'open!', slurp('o'), 'and the bytes are there';
is 'EACCES', as(sub { opened('o', O_RDONLY) }, $ann), 'while it is not opened again';
done;
