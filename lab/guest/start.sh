#!/bin/sh
# The lab's second steps, on its root file system: the driver, then the agent, which stays the first process.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=linux
export ENV=/etc/profile

mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t debugfs debugfs /sys/kernel/debug
hostname bareflank-lab
ip link set lo up

# The hypervisor writes to COM1 as it finds it, and not every emulator's firmware has set it up for bytes of eight bits.
stty -F /dev/ttyS0 cs8

notes=/run/lab-notes
sh /usr/lib/bareflank/lab/driver.sh >"$notes" 2>&1

cd /root
for port in $LAB_CHANNEL; do
    exec /usr/lib/bareflank/lab/agent "$port" "$LAB_TERMINAL" "$notes"
done
