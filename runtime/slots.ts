import type { CustomSlotSupplier, SlotInfo, SlotPermit } from '@temporalio/worker';

/**
 * Activity slots of a collector queue: a new batch is taken only while the process can put its devices to work soon. Batches
 * whose last devices are slow hold next to nothing, so they must not keep the next ones out; and a worker that is full leaves
 * batches to others.
 */
export function demandSlots<S extends SlotInfo>(options: {
  /** Sessions open, devices waiting for one, and the limit. */
  demand(): { open: number; waiting: number; limit: number };
  /** The most batches at once, whatever the demand. */
  most: number;
}): CustomSlotSupplier<S> {
  let taken = 0;
  let lately = 0;
  const room = (): boolean => {
    const { open, waiting, limit } = options.demand();
    // `lately`: batches that came and whose devices are not at the gate yet.
    return taken < options.most && open + waiting + lately < limit + Math.ceil(limit / 4);
  };
  const permit = (): SlotPermit => {
    taken += 1;
    return {};
  };
  return {
    type: 'custom',
    async reserveSlot(_context, signal) {
      while (!room()) {
        signal.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      return permit();
    },
    tryReserveSlot: () => (room() ? permit() : null),
    // A poller holds its permit while it waits; only a batch that came counts.
    markSlotUsed() {
      lately += 1;
      setTimeout(() => (lately -= 1), SETTLE_MS).unref();
    },
    releaseSlot() {
      taken -= 1;
    },
  };
}

const POLL_MS = 20;
/** How long a batch takes to load its devices and bring them to the gate. */
const SETTLE_MS = 200;
