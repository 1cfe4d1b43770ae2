import { z } from 'zod';
import { OIDC_SETTINGS } from './settings-oidc.ts';
import {
  folders,
  groups,
  listOf,
  origin,
  proxy,
  secretKey,
  secretKeys,
  setting,
  text,
  url,
  whole,
  yesNo,
  type Setting,
} from './setting-values.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where configurations are kept; the stores of `artifacts/` read the rest of the URL. */
export const ARTIFACT_SCHEMES = ['file:', 'git+file:', 'git+ssh:', 's3:'] as const;

/** Every setting of Cairn itself. Temporal's own (`TEMPORAL_*`) are read by `@temporalio/envconfig`. An empty value counts as unset. */
export const SETTINGS = {
  CAIRN_HTTP_PORT: setting({
    schema: whole(0, 65_535),
    must: 'a port from 0 to 65535 (0 takes a free one)',
    about: 'Port of the API and the page',
    default: '8080',
  }),
  CAIRN_HTTP_HOST: setting({
    schema: text,
    must: 'an address or host name to listen on',
    about: 'Address that the API listens on',
    default: '127.0.0.1',
  }),
  CAIRN_TLS_CERT: setting({
    schema: text,
    must: 'a file',
    about: 'PEM file with the certificate of the API and those above it: with CAIRN_TLS_KEY it answers HTTPS only',
    default: null,
  }),
  CAIRN_TLS_KEY: setting({
    schema: text,
    must: 'a file',
    about: 'PEM file with the private key of CAIRN_TLS_CERT',
    default: null,
  }),
  CAIRN_TRUSTED_PROXIES: setting({
    schema: listOf(proxy),
    must: 'addresses or networks (10.0.0.0/8) separated by commas, or `loopback`',
    about: 'Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed (comma-separated addresses, networks or `loopback`)',
    default: '',
  }),
  CAIRN_CORS_ORIGINS: setting({
    schema: listOf(origin),
    must: 'origins like https://noc.example.net separated by commas, without a path',
    about: 'Origins of web pages that may call the API from a browser (comma-separated)',
    default: '',
  }),
  CAIRN_RATE_LIMIT: setting({
    schema: whole(0, 10_000_000),
    must: 'a whole number from 0 (no limit) to 10000000',
    about: 'Requests a minute that each caller may send to one API process; 0 takes any number',
    default: '6000',
  }),
  CAIRN_DATA_DIR: setting({
    schema: text,
    must: 'a folder',
    about: 'Databases, artifacts, keys, the token file and logs',
    default: './.cairn',
  }),
  CAIRN_CACHE_DIR: setting({
    schema: text,
    must: 'a folder',
    about: 'The Temporal binary and the templates, shared by all data folders; $XDG_CACHE_HOME/cairn if unset',
    default: null,
  }),
  CAIRN_TEMPORAL_BIN: setting({
    schema: text,
    must: 'the path of a `temporal` binary',
    about: 'The `temporal` binary that `npm start` runs as the embedded server',
    default: null,
  }),
  CAIRN_DATABASE_URL: setting({
    schema: url(['postgres:', 'postgresql:']),
    must: 'a PostgreSQL address like postgres://user:password@host:5432/cairn',
    about: 'PostgreSQL to use instead of the embedded one',
    default: null,
    secret: true,
  }),
  CAIRN_SECRET_KEY: setting({
    schema: secretKey,
    must: '32 random bytes as 64 hexadecimal digits or as base64 (openssl rand -base64 32)',
    about: 'Encrypts stored credentials and what Temporal keeps; generated into CAIRN_DATA_DIR/secret.key if unset',
    default: null,
    secret: true,
  }),
  CAIRN_SECRET_KEY_PREVIOUS: setting({
    schema: secretKeys,
    must: 'secret keys separated by commas, each 32 bytes as 64 hexadecimal digits or as base64',
    about: 'Older secret keys, comma-separated: what they encrypted is still read; see docs/howto/rotate-keys.md',
    default: '',
    secret: true,
  }),
  CAIRN_SECRET_FILES: setting({
    schema: folders,
    must: 'absolute paths of folders separated by commas',
    about: 'Folders whose files credentials may refer to (comma-separated); see docs/howto/use-a-vault.md',
    default: '',
  }),
  CAIRN_VAULT_ADDR: setting({
    schema: url(['http:', 'https:']),
    must: 'an address that starts with http:// or https://',
    about: 'HashiCorp Vault that credentials may refer to; see docs/howto/use-a-vault.md',
    default: null,
    secret: true,
  }),
  CAIRN_VAULT_TOKEN_FILE: setting({
    schema: text,
    must: 'a file',
    about: 'File that holds the token for Vault; read anew for each request',
    default: null,
  }),
  CAIRN_VAULT_NAMESPACE: setting({
    schema: z.string().regex(/^[\x21-\x7e]+$/),
    must: 'printable ASCII without blanks',
    about: 'Namespace of Vault Enterprise',
    default: null,
  }),
  CAIRN_ADMIN_TOKEN: setting({
    schema: z.string().regex(/^[\x21-\x7e]+$/),
    must: 'printable ASCII without blanks',
    about: 'The first bearer token, role admin; generated into CAIRN_DATA_DIR/admin-token if unset',
    default: null,
    secret: true,
  }),
  ...OIDC_SETTINGS,
  CAIRN_ARTIFACTS: setting({
    schema: url(ARTIFACT_SCHEMES),
    must: `an address that starts with ${ARTIFACT_SCHEMES.map((scheme) => `${scheme}//`).join(', ')}`,
    about: 'Where configurations are kept; file://CAIRN_DATA_DIR/artifacts if unset',
    default: null,
    secret: true,
  }),
  CAIRN_GROUPS: setting({
    schema: groups,
    must: 'queue ids separated by commas, each of letters, digits, `.`, `_` and `-`',
    about: 'Collection groups that a worker serves besides devices without a group (queue ids, comma-separated)',
    default: '',
  }),
  CAIRN_PLATFORMS_DIR: setting({
    schema: text,
    must: 'a folder',
    about: 'Folder with platforms and templates of your own; see docs/howto/add-a-platform.md',
    default: null,
  }),
  CAIRN_MAX_SESSIONS: setting({
    schema: whole(1, 10_000),
    must: 'a whole number from 1 to 10000',
    about: 'Device sessions that one worker process holds at once',
    default: '100',
  }),
  CAIRN_MAX_DEVICES_PER_REQUEST: setting({
    schema: whole(1, 100_000),
    must: 'a whole number from 1 to 100000',
    about: 'Most device_ids in one discovery request',
    default: '100',
  }),
  CAIRN_WEBHOOK_ALLOW_PRIVATE: setting({
    schema: yesNo,
    must: 'true or false',
    about: 'Webhooks may lead to private, loopback and link-local addresses',
    default: 'false',
  }),
  CAIRN_SYSLOG_PORT: setting({
    schema: whole(0, 65_535),
    must: 'a port from 0 to 65535 (0 listens to no syslog)',
    about: 'UDP and TCP port for syslog messages, of which those that tell of a changed configuration start a collection',
    default: '0',
  }),
  CAIRN_SYSLOG_HOST: setting({
    schema: text,
    must: 'an address to listen on',
    about: 'Address that syslog messages are taken on',
    default: '127.0.0.1',
  }),
  CAIRN_SYSLOG_WINDOW: setting({
    schema: whole(1, 86_400),
    must: 'a whole number of seconds from 1 to 86400',
    about: 'Seconds from the first message of a device to its collection; further messages meanwhile start no other one',
    default: '60',
  }),
  CAIRN_PAYLOAD_CODEC: setting({
    schema: z.enum(['on', 'off']).transform((value) => value === 'on'),
    must: 'on or off',
    about: 'Compresses and encrypts what Temporal keeps of jobs; off leaves it readable there',
    default: 'on',
  }),
  CAIRN_METRICS_PORT: setting({
    schema: whole(0, 65_535),
    must: 'a port from 0 to 65535 (0 serves no metrics)',
    about: 'Port of a worker for Prometheus; each worker on a host needs its own. The API has /metrics on its own port',
    default: '0',
  }),
  CAIRN_METRICS_HOST: setting({
    schema: text,
    must: 'an address or host name to listen on',
    about: 'Address that a worker serves metrics on',
    default: '127.0.0.1',
  }),
  CAIRN_LOG_LEVEL: setting({
    schema: z.enum(LOG_LEVELS),
    must: `one of ${LOG_LEVELS.join(', ')}`,
    about: 'Least severe log line that is written',
    default: 'info',
  }),
  CAIRN_TEMPORAL_UI_URL: setting({
    schema: url(['http:', 'https:']),
    must: 'an address that starts with http:// or https://',
    about: 'Temporal Web UI that job links lead to; `npm start` sets it for the embedded one',
    default: null,
  }),
} as const satisfies Record<string, Setting<z.ZodType>>;

export type SettingName = keyof typeof SETTINGS;

/** Temporal's own settings that Cairn passes on; see `@temporalio/envconfig` for what each means. */
export const TEMPORAL_SETTINGS = {
  TEMPORAL_ADDRESS: 'Temporal to use instead of the embedded one, as host:port',
  TEMPORAL_NAMESPACE: 'Namespace; `default` if unset',
  TEMPORAL_API_KEY: 'API key (turns TLS on)',
  TEMPORAL_TLS: 'true or false',
  TEMPORAL_TLS_CLIENT_CERT_PATH: 'Client certificate (PEM file)',
  TEMPORAL_TLS_CLIENT_CERT_DATA: 'Client certificate (PEM text)',
  TEMPORAL_TLS_CLIENT_KEY_PATH: 'Client key (PEM file)',
  TEMPORAL_TLS_CLIENT_KEY_DATA: 'Client key (PEM text)',
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'CA of the server (PEM file)',
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'CA of the server (PEM text)',
  TEMPORAL_TLS_SERVER_NAME: 'Name that the certificate of the server is checked against',
  TEMPORAL_CONFIG_FILE: 'Profile file (TOML), read only if named here',
  TEMPORAL_PROFILE: 'Profile of that file; `default` if unset',
} as const;
