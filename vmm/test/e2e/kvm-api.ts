// The library on a KVM: Linux's own, or the one that BAREFLANK_KVM names. Needs nothing but Node.js: `node kvm-api.mjs`

import "./kvm-api/refusals.ts";
import "./kvm-api/code.ts";
import "./kvm-api/registers.ts";
import "./kvm-api/control-bits.ts";
import "./kvm-api/events.ts";
import "./kvm-api/memory.ts";
import "./kvm-api/threads.ts";
import "./kvm-api/boot.ts";
import "./kvm-api/msr-exits.ts";
import "./kvm-api/quirks.ts";
import "./kvm-api/writes.ts";
import "./kvm-api/irqfd.ts";
import "./kvm-api/interval-timer.ts";
import "./kvm-api/life.ts";
