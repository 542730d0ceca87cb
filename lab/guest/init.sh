#!/bin/sh
# The lab's first steps in Linux: modules, root file system, driver. Runs in the initramfs, ends in the agent.
#
# /upper holds what changes from run to run. It becomes the writable layer above the root disk, so its files are used
# where they lie; that is why this chroots instead of calling switch_root, which would delete them.

export PATH=/bin

busybox mount -t devtmpfs dev /dev
busybox mount -t proc proc /proc
busybox mount -t sysfs sys /sys

# What the host shows of a boot that takes long.
echo "lab: first process" >/dev/console

for module in /modules/*.ko; do
    busybox insmod "$module"
done

busybox mount -t ext4 -o ro,dax /dev/pmem0 /lower
busybox mount -t overlay -o lowerdir=/lower,upperdir=/upper,workdir=/work root /root
for folder in dev proc sys; do
    busybox mount --move "/$folder" "/root/$folder"
done
cd /root || exit 1
busybox mount --move . /

exec busybox chroot . /bin/sh /usr/lib/bareflank/lab/start.sh
