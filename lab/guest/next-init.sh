#!/bin/sh
# The first and last steps of a kernel that another one starts, by a panic or by kexec: it has this small file system, the
# channel, and what /proc/vmcore shows of its predecessor.

export PATH=/bin HOME=/root TERM=linux

busybox mount -t devtmpfs dev /dev
busybox mount -t proc proc /proc
busybox mount -t sysfs sys /sys
busybox --install -s /bin

echo "lab: next kernel" >/dev/console

for module in /modules/*.ko; do
    insmod "$module"
done

cd /root
for port in $LAB_CHANNEL; do
    exec /agent "$port" "$LAB_TERMINAL" /dev/null
done
