// SPDX-License-Identifier: MIT
// Counts exits by reason, and writes the histogram when the hypervisor is left: a hash table, strings, an exception

#include <bareflank/extension.hpp>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

using namespace bareflank;

namespace {

/// Exits of all processors by reason. It is written when the last processor has left.
class Histogram {
  public:
    ~Histogram() {
        std::vector<std::pair<uint64_t, uint64_t>> rows(counts_.begin(), counts_.end());
        std::sort(rows.begin(), rows.end(), [](auto &one, auto &other) { return one.second > other.second; });
        for (const auto &[reason, count] : rows)
            std::printf("%8lu of reason 0x%lx %s\n", count, reason, std::string(width(count), '#').c_str());
    }

    void add(const std::unordered_map<uint64_t, uint64_t> &counts) {
        const std::lock_guard lock(mutex_);
        for (const auto &[reason, count] : counts)
            counts_[reason] += count;
    }

  private:
    /// A bar of one character for each power of two.
    static size_t width(uint64_t count) { return count == 0 ? 0 : 64 - static_cast<size_t>(__builtin_clzl(count)); }

    std::mutex mutex_;
    std::unordered_map<uint64_t, uint64_t> counts_;
};

Histogram histogram;

/// One processor's, without a lock; it is added to the others' when the processor leaves.
struct Own {
    ~Own() { histogram.add(counts); }
    std::unordered_map<uint64_t, uint64_t> counts;
};
thread_local Own own;

} // namespace

/// Called on each processor when it starts.
Next bootstrap(Pp pp) {
    root::start(pp);
    return Next::run;
}

/// Called for each VM exit.
Next vmexit(Vs vs, uint64_t reason) {
    own.counts[reason]++;
    return root::vmexit(vs, reason);
}
