import type { CustomSlotSupplier, SlotInfo, SlotPermit } from '@temporalio/worker';

/**
 * Activity slots of a collector queue: a new batch is taken only while the process can put its devices to work soon. Batches
 * whose last devices are slow hold next to nothing, so they must not keep the next ones out; and a worker that is full leaves
 * batches to others. While it is full, a batch is taken only to find the devices of a job that comes before all that wait.
 */
export function demandSlots<S extends SlotInfo>(options: {
  /** Sessions open, devices waiting for one, and the limit. */
  demand(): { open: number; waiting: number; limit: number };
  /** The most batches at once, whatever the demand. */
  most: number;
  /** Whether a device on the queue comes before one that waits here. Asked while the process is full. */
  pressing(): Promise<boolean>;
}): CustomSlotSupplier<S> {
  let taken = 0;
  let lately = 0;
  let askedAt = 0;
  const room = (): boolean => {
    const { open, waiting, limit } = options.demand();
    // `lately`: batches that came and whose devices are not at the gate yet.
    return taken < options.most && open + waiting + lately < limit + Math.ceil(limit / 4);
  };
  /** Temporal gives the batch of the highest priority first, but does not tell of which one it would be. */
  async function mustLook(): Promise<boolean> {
    if (taken >= options.most || Date.now() - askedAt < LOOK_MS) return false;
    askedAt = Date.now();
    return options.pressing();
  }
  const permit = (): SlotPermit => {
    taken += 1;
    return {};
  };
  return {
    type: 'custom',
    async reserveSlot(_context, signal) {
      askedAt = Date.now();
      while (!room()) {
        signal.throwIfAborted();
        if (await mustLook()) break;
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
/** For so long the process must be full. */
const LOOK_MS = 200;
/** How long a batch takes to load its devices and bring them to the gate. */
const SETTLE_MS = 200;
