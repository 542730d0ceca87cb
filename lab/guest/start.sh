#!/bin/sh
# The lab's second steps, on its root file system: the driver, then the agent, which stays the first process.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=linux
export ENV=/etc/profile

mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t debugfs debugfs /sys/kernel/debug
hostname bareflank-lab
ip link set lo up

# What goes wrong here is shown to the user by the host.
notes=/run/lab-notes
: >"$notes"
driver=/usr/lib/bareflank/bfdriver.ko
if [ -f "$driver" ]; then
    insmod "$driver" 2>>"$notes" || dmesg | grep -i -e bfdriver -e bareflank | tail -n 5 >>"$notes"
fi

cd /root
for port in $LAB_CHANNEL; do
    exec /usr/lib/bareflank/lab/agent "$port" "$LAB_TERMINAL" "$notes"
done
