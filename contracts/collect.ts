import { z } from 'zod';
import { limitFields, selectionFields } from './discover.ts';
import { line, reference } from './fields.ts';

const collector = line(100)
  .optional()
  .describe('Which collector fetches the configuration (docs/howto/add-a-collector.md); that of the transport unless told');

/** Parameters of a `fleet.collect` job. */
export const FleetCollectRequest = z
  .strictObject({ ...selectionFields, collector, ...limitFields })
  .meta({ id: 'FleetCollectRequest' });

/** Parameters of a `device.collect` job. */
export const DeviceCollectRequest = z
  .strictObject({ device_id: reference.describe('Id or unique name'), collector, ...limitFields })
  .meta({ id: 'DeviceCollectRequest' });
