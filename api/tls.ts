import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { AppError } from '../core/errors.ts';

/** An HTTPS server where certificate and key are told, else a plain one. @throws AppError `configuration_invalid` */
export function createServer(tls: { cert: string; key: string } | null, app: RequestListener): Server {
  if (tls === null) return createHttpServer(app);
  const cert = read('CAIRN_TLS_CERT', tls.cert);
  const key = read('CAIRN_TLS_KEY', tls.key);
  try {
    return createHttpsServer({ cert, key, minVersion: 'TLSv1.2' }, app);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError(
      'configuration_invalid',
      `CAIRN_TLS_CERT ${tls.cert} and CAIRN_TLS_KEY ${tls.key} must be a certificate and its key without a passphrase, as PEM: ${why}`,
      { cause },
    );
  }
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('configuration_invalid', `${setting} cannot be read: ${why}`, { cause });
  }
}
