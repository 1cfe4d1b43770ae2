import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import { createFrames } from './framing.ts';

/** Longest message; RFC 5424 wants 2,048 bytes to be taken, and devices send little more. */
const MAX_BYTES = 8192;
const MAX_CONNECTIONS = 512;
/** A connection on which nothing comes for so long is closed. */
const IDLE_MS = 3_600_000;

export interface SyslogListenerOptions {
  host: string;
  /** 0: any free one, for UDP another than for TCP. */
  port: number;
  log: Logger;
  /** `address` in its canonical form, an IPv4 one never as IPv6. */
  onMessage: (address: string, message: Buffer) => void;
  onOversized: () => void;
  maxConnections?: number;
}

export interface SyslogListener {
  udpPort: number;
  tcpPort: number;
  stop(): Promise<void>;
}

/**
 * Takes syslog messages by UDP and TCP.
 * @throws AppError `startup_failed` where the port cannot be had
 */
export async function startSyslogListener(options: SyslogListenerOptions): Promise<SyslogListener> {
  const udp = await listenUdp(options);
  try {
    const { server, sockets } = await listenTcp(options);
    return {
      udpPort: udp.address().port,
      tcpPort: portOf(server),
      async stop() {
        for (const socket of sockets) socket.destroy();
        await Promise.all([
          new Promise<void>((resolve) => {
            udp.close(resolve);
          }),
          new Promise((resolve) => {
            server.close(resolve);
          }),
        ]);
      },
    };
  } catch (error) {
    udp.close();
    throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function listenUdp({ host, port, log, onMessage, onOversized }: SyslogListenerOptions): Promise<UdpSocket> {
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  socket.on('message', (message, { address }) => {
    if (message.length > MAX_BYTES) onOversized();
    else onMessage(plainAddress(address), message);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => reject(refused('UDP', host, port, error)));
    socket.bind(port, host, resolve);
  });
  socket.on('error', (error) => log.warn({ err: error }, 'the syslog socket reports an error'));
  return socket;
}

async function listenTcp(options: SyslogListenerOptions): Promise<{ server: Server; sockets: Set<Socket> }> {
  const { host, port, log } = options;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A sender that goes away is no error of ours.
    socket.on('error', (error) => log.debug({ err: error }, 'a syslog connection broke off'));
    follow(socket, options);
  });
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  server.on('drop', () => log.warn({ most: server.maxConnections }, 'a syslog connection was refused: there are too many'));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(refused('TCP', host, port, error)));
    server.listen(port, host, resolve);
  });
  server.on('error', (error) => log.warn({ err: error }, 'the syslog server reports an error'));
  return { server, sockets };
}

function follow(socket: Socket, { onMessage, onOversized }: SyslogListenerOptions): void {
  const address = plainAddress(socket.remoteAddress ?? '');
  const frames = createFrames(MAX_BYTES, { onMessage: (message) => onMessage(address, message), onOversized });
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('data', (chunk) => {
    if (!frames.push(chunk)) socket.destroy();
  });
  socket.on('end', () => frames.end());
}

function plainAddress(address: string): string {
  return address
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%.*$/, '')
    .toLowerCase();
}

function refused(protocol: string, host: string, port: number, cause: Error): AppError {
  const code = 'code' in cause ? cause.code : '';
  const why =
    code === 'EADDRINUSE'
      ? 'the port is in use'
      : code === 'EACCES'
        ? 'ports below 1024 need a right of their own: take a higher one and redirect to it'
        : cause.message;
  const detail = `Syslog cannot be listened to on ${host}:${port} (${protocol}; CAIRN_SYSLOG_HOST, CAIRN_SYSLOG_PORT): ${why}`;
  return new AppError('startup_failed', detail, { cause });
}
