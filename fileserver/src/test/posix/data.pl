# What is written, where, and what is read back: offsets, holes, maps, and what the protocol has no call for.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :seek);
use FindBin;
use lib $FindBin::Bin;
use Checks;

use constant { MMAP => 9, MSYNC => 26, MUNMAP => 11, PREAD => 17, PWRITE => 18, READ => 0, FTRUNCATE => 77, COPY => 326 };
use constant { PROT_READ_WRITE => 3, MAP_SHARED => 1, MS_SYNC => 4, SEEK_DATA => 3, SEEK_HOLE => 4 };

sub opened { my ($path, $flags) = @_; sysopen my $file, $path, $flags, 0644 or die "$path: $!"; return $file }

sub pwritten { my ($file, $bytes, $offset) = @_; return syscall(PWRITE, fileno $file, $bytes, length $bytes, $offset) == length $bytes }

sub pread {
    my ($file, $length, $offset) = @_;
    my $bytes = "\0" x $length;
    my $read = syscall(PREAD, fileno $file, $bytes, $length, $offset);
    return $read < 0 ? undef : substr $bytes, 0, $read;
}

# From the server, not from memory.
sub forget { open my $caches, '>', '/proc/sys/vm/drop_caches' or die $!; print $caches '3'; close $caches; return 1 }

my $file = opened('f', O_RDWR | O_CREAT);
is 'mc', rises(sub { syswrite($file, 'hello') && fsync($file) }, 'f'), 'a write raises mtime and ctime';
is '5', stat_of('f')->{size}, 'and makes the file longer';
is 'ok', try { pwritten($file, 'J', 0) && pwritten($file, 'y', 4) }, 'writes in the middle';
is 'Jelly', slurp('f'), 'change what is there';
is 'EBADF', try { my $read = opened('f', O_RDONLY); pwritten($read, 'x', 0) }, 'a write to what is open for reading';
is 'EINVAL', try { pwritten($file, 'x', -1) }, 'a write before the beginning';
is '', pread($file, 10, 5), 'a read at the end';
is '', pread($file, 10, 1 << 40), 'a read far behind the end';
is 'y', pread($file, 10, 4), 'a read over the end';
my $appended = opened('f', O_WRONLY | O_APPEND);
is 'ok', try { sysseek($appended, 0, SEEK_SET) && syswrite $appended, ' beans' }, 'what is appended';
is 'Jelly beans', slurp('f'), 'is at the end, wherever the file was read';
is 'ok', try { fsync($appended) && fsync($file) && fdatasync($file) }, 'fsync and fdatasync';
is 'ok', try { opendir my $dir, '.'; open my $here, '<', '.' or die; fsync($here) }, 'fsync of a directory';

sub fsync { return syscall(74, fileno $_[0]) == 0 }

sub fdatasync { return syscall(75, fileno $_[0]) == 0 }

# 64 bits of offset
my $large = opened('large', O_RDWR | O_CREAT);
my @offsets = (0, (1 << 31) - 3, (1 << 32) - 3, (1 << 33) + 5, (1 << 40) + 7);
is 'ok', try { pwritten($large, "at $_", $_) }, "a write at $_" for @offsets;
is 'ok', try { fsync($large) && forget() }, 'all of it on the server';
is "at $_", pread($large, length "at $_", $_), "and read back at $_" for @offsets;
is $offsets[-1] + length "at $offsets[-1]", stat_of('large')->{size}, 'the size is where the last one ends';
is 'ok', try { stat_of('large')->{blocks} < 1000 }, 'and the holes take no room';
is "\0" x 4096, pread($large, 4096, 1 << 34), 'holes read as zeros';
is "\0\0at 42949", pread($large, 10, (1 << 32) - 5), 'a read over the edge of a hole';
is on_nfs ? 'EFBIG' : 'ok', try { pwritten($large, 'x', (1 << 63) - 2) }, 'a write where the disk can have no bytes';
is 'ok', try { syscall(FTRUNCATE, fileno $large, (1 << 32) - 1) == 0 }, 'truncate in the middle of it';
is (((1 << 32) - 1) . ' at', stat_of('large')->{size} . ' ' . pread($large, 100, (1 << 32) - 3), 'keeps what is before');
is 'ok', try { syscall(FTRUNCATE, fileno $large, (1 << 32) + 100) == 0 && forget() }, 'made longer again';
is 'at' . "\0" x 98, pread($large, 100, (1 << 32) - 3), 'it has zeros there and not what was cut off';

# Holes that one may ask for: version 3 of NFS has no call for them, and the client says so instead of guessing.
my $sparse = opened('sparse', O_RDWR | O_CREAT);
pwritten($sparse, 'x' x 65536, 1 << 20);
fsync($sparse);
is on_nfs ? 0 : 1 << 20, seek_to($sparse, 0, SEEK_DATA), 'SEEK_DATA';
is on_nfs ? (1 << 20) + 65536 : 0, seek_to($sparse, 0, SEEK_HOLE), 'SEEK_HOLE';
is 'ENXIO', seek_to($sparse, 2 << 20, $_), "$_ behind the end" for SEEK_DATA, SEEK_HOLE;
is on_nfs ? 'EOPNOTSUPP' : 'ok', try { fallocate($sparse, 0, 0, 4096) }, 'fallocate';
is on_nfs ? 'EOPNOTSUPP' : 'ok', try { fallocate($sparse, 3, 1 << 20, 65536) }, 'a hole punched';
is on_nfs ? 65536 : 0, length((pread($sparse, 65536, 1 << 20) // '') =~ s/\0//gr), 'leaves no bytes, or all of them';

my $copy = opened('copy', O_RDWR | O_CREAT);
is 'ok', try { syscall(COPY, fileno $file, 0, fileno $copy, 0, 11, 0) != 0 || $!{EXDEV} || $!{EOPNOTSUPP} }, 'copy_file_range';

# Maps
my $page = 4096;
my $map = opened('map', O_RDWR | O_CREAT);
pwritten($map, '-' x (3 * $page), 0);
my $at = syscall(MMAP, 0, 3 * $page, PROT_READ_WRITE, MAP_SHARED, fileno $map, 0);
is 'ok', try { $at > 0 }, 'mmap';
# Memory at an address is written by reading a pipe into it.
sub store {
    my ($offset, $bytes) = @_;
    pipe my $in, my $out or die $!;
    syswrite $out, $bytes;
    return syscall(READ, fileno $in, $at + $offset, length $bytes) == length $bytes;
}
tick;
is 'mc', rises(sub { store(100, 'mapped') && store(2 * $page - 3, 'across') && syscall(MSYNC, $at, 3 * $page, MS_SYNC) == 0 }, 'map'),
    'a map that was written raises the times with msync';
is 'ok', try { forget() }, 'from the server';
is 'mapped across', pread($map, 6, 100) . ' ' . pread($map, 6, 2 * $page - 3), 'come the bytes of the map';
is 'ok', try { pwritten($map, 'seen', 10) }, 'a write beside the map';
is 'seen', unpack('P4', pack 'Q', $at + 10), 'is seen through it';
is 'ok', try { unlink('map') && store(0, 'still') && syscall(MSYNC, $at, 3 * $page, MS_SYNC) == 0 }, 'a map outlives the name';
is 'still', pread($map, 5, 0), 'and is written';
is 'ok', try { syscall(MUNMAP, $at, 3 * $page) == 0 }, 'munmap';

# Many sizes around what one call carries
my $sizes = opened('sizes', O_RDWR | O_CREAT);
my $want = '';
for my $length (1, 2, 3, 4095, 4096, 4097, 65535, 1048575, 1048576, 1048577) {
    my $piece = chr(65 + length($want) % 26) x $length;
    is 'ok', try { pwritten($sizes, $piece, length $want) }, "a write of $length bytes";
    $want .= $piece;
}
fsync($sizes);
forget();
is 'ok', try { pread($sizes, 4 << 20, 0) eq $want }, 'all of them in their places';
# A tmpfs of Linux 6.1 has no way past its memory.
is substr($want, 0, 1 << 20), pread(opened('sizes', O_RDONLY | 040000), 1 << 20, 0), 'and past the memory of the client' if on_nfs;
done;
