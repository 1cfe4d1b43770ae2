/** The name under which the artifact store shows the configuration of a device. */
export function configurationName(deviceName: string): string {
  return `${deviceName}.cfg`;
}
