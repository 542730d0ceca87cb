#!/bin/sh
# Inserts the driver, if there is one. What goes wrong is shown to the user by the host.

driver=/usr/lib/bareflank/bfdriver.ko
if [ -f "$driver" ]; then
    insmod "$driver" || dmesg | grep -i -e bfdriver -e bareflank | tail -n 5
fi
