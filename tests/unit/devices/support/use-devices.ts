import { afterEach } from 'vitest';
import { startDevice, type DeviceScript, type TinyDevice } from './tiny-device.ts';

/** Starts tiny devices, and stops them after each test of the file. */
export function useDevices(): (script: DeviceScript) => Promise<TinyDevice> {
  const running: TinyDevice[] = [];
  afterEach(async () => {
    for (const device of running.splice(0)) await device.stop();
  });
  return async (script) => {
    const device = await startDevice(script);
    running.push(device);
    return device;
  };
}
