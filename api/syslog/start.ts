import { startCollectingChanges, type CollectChangesDeps } from './collect-changes.ts';
import { createChangeIntake } from './intake.ts';
import { startSyslogListener, type SyslogListener } from './listener.ts';

export interface SyslogSettings {
  /** 0: nothing is listened to; what another process noted is collected all the same. */
  syslogPort: number;
  syslogHost: string;
  /** Seconds. */
  syslogWindow: number;
}

/**
 * Listens to syslog, and collects the devices that were changed.
 * @throws AppError `startup_failed` where the port cannot be had
 */
export async function startSyslog(
  deps: CollectChangesDeps,
  { syslogPort, syslogHost, syslogWindow }: SyslogSettings,
): Promise<{ stop(): Promise<void> }> {
  const listening = syslogPort === 0 ? null : await listen(deps, { host: syslogHost, port: syslogPort }, syslogWindow);
  const collecting = startCollectingChanges(deps);
  return {
    async stop() {
      await listening?.stop();
      await collecting.stop();
    },
  };
}

/** Port 0 takes free ones. */
export async function listen(
  deps: CollectChangesDeps,
  where: { host: string; port: number },
  windowSeconds: number,
): Promise<SyslogListener> {
  const intake = createChangeIntake(deps, windowSeconds);
  const listener = await startSyslogListener({
    ...where,
    log: deps.log,
    onMessage: (address, message) => intake.accept(address, message),
    onOversized: () => intake.oversized(),
  });
  deps.log.info({ host: where.host, udp: listener.udpPort, tcp: listener.tcpPort }, 'listening to syslog');
  return {
    ...listener,
    async stop() {
      await listener.stop();
      await intake.stop();
    },
  };
}
