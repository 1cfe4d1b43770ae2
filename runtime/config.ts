import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { AppError } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';
import { SETTINGS, type LogLevel, type SettingName } from '../contracts/settings.ts';
import { otlpSettings } from './otlp-settings.ts';
import { readRunFile } from './run-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How to reach Temporal; `tls`, `apiKey` and `metadata` go to the connection as they are. */
export interface TemporalSettings {
  /** `host:port`; null: the embedded one. */
  address: string | null;
  namespace: string;
  /** Base address of the Temporal Web UI; null where none is known. */
  uiUrl: string | null;
  tls: ReturnType<typeof loadClientConnectConfig>['connectionOptions']['tls'];
  apiKey: string | undefined;
  metadata: ReturnType<typeof loadClientConnectConfig>['connectionOptions']['metadata'];
}

/** How traces are sent; the SDK of OpenTelemetry reads the rest. */
export interface OtlpSettings {
  protocol: 'http/protobuf' | 'http/json';
  /** Spans that wait at most. */
  queue: number;
}

/** What secrets that credentials refer to are read from. */
export interface SecretSourceSettings {
  /** The variables `CAIRN_SECRET_*` that are no settings. */
  environment: Readonly<Record<string, string>>;
  /** Folders, absolute. */
  folders: string[];
  vault: { address: string | null; tokenFile: string | null; namespace: string | null };
}

/** Whose tokens are accepted besides our own, and what their claims mean. */
export interface OidcSettings {
  issuer: string;
  audience: string;
  /** null: the issuer tells. */
  jwksUrl: string | null;
  roleClaim: string;
  /** What a value of the claim means. */
  roles: ReadonlyMap<string, Role>;
  /** null: everybody may see all devices. */
  groupsClaim: string | null;
  nameClaim: string;
  createUsers: boolean;
}

/** Every setting, checked. Folders are absolute. */
export interface Settings {
  httpHost: string;
  /** 0: any free one. */
  httpPort: number;
  /** PEM files; null: plain HTTP. */
  tls: { cert: string; key: string } | null;
  /** Addresses, networks, or `loopback`. */
  trustedProxies: string[];
  corsOrigins: string[];
  /** Requests a minute and caller; 0: any number. */
  rateLimit: number;
  dataDir: string;
  cacheDir: string;
  temporalBin: string | null;
  /** null: the embedded one. */
  databaseUrl: string | null;
  /** 32 bytes; null: `ensureSecretKey` generates it. */
  secretKey: Buffer | null;
  /** Older ones, for reading only. */
  previousKeys: Buffer[];
  /** What is given to Temporal is encrypted. */
  payloadCodec: boolean;
  /** null: `ensureAdminToken` generates it. */
  adminToken: string | null;
  /** null: only our own tokens. */
  oidc: OidcSettings | null;
  /** URL; see `ARTIFACT_SCHEMES`. */
  artifacts: string;
  groups: string[];
  /** Platforms and templates of the user; null: none. */
  platformsDir: string | null;
  maxSessions: number;
  maxDevicesPerRequest: number;
  /** Webhooks may lead to private addresses. */
  webhookAllowPrivate: boolean;
  /** 0: no syslog is listened to. */
  syslogPort: number;
  syslogHost: string;
  /** Seconds. */
  syslogWindow: number;
  /** 0: a worker serves no metrics. */
  metricsPort: number;
  metricsHost: string;
  secretSources: SecretSourceSettings;
  logLevel: LogLevel;
  /** Null: nothing is traced. */
  tracing: OtlpSettings | null;
  temporal: TemporalSettings;
}

/** What a process that does the work needs: settings with a database and a Temporal to connect to. */
export interface Config extends Settings {
  databaseUrl: string;
  temporal: TemporalSettings & { address: string };
}

/**
 * Reads and checks all settings. `api` and `worker` take `loadConfig`; only what starts the embedded servers takes this.
 * @throws AppError `configuration_invalid`, one line that names each bad variable.
 */
export function loadSettings(env: Environment): Settings {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && value !== '') given[name] = value;
  const problems: string[] = [];
  function read<N extends SettingName>(name: N): Parsed<N> | null {
    const row = SETTINGS[name];
    const raw = given[name] ?? row.default;
    if (raw === null) return null;
    const parsed = row.schema.safeParse(raw.trim());
    if (parsed.success) return parsed.data;
    problems.push(`${name} must be ${row.must}${'secret' in row ? '' : `, not "${raw}"`}`);
    return null;
  }

  const dataDir = resolve(read('CAIRN_DATA_DIR') ?? '.cairn');
  const cacheDir = resolve(read('CAIRN_CACHE_DIR') ?? join(given.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cairn'));
  const temporalBin = read('CAIRN_TEMPORAL_BIN');
  const platformsDir = read('CAIRN_PLATFORMS_DIR');
  const vaultTokenFile = read('CAIRN_VAULT_TOKEN_FILE');
  const settings: Settings = {
    httpHost: read('CAIRN_HTTP_HOST') ?? '',
    httpPort: read('CAIRN_HTTP_PORT') ?? 0,
    tls: tlsFiles(read('CAIRN_TLS_CERT'), read('CAIRN_TLS_KEY'), problems),
    trustedProxies: read('CAIRN_TRUSTED_PROXIES') ?? [],
    corsOrigins: read('CAIRN_CORS_ORIGINS') ?? [],
    rateLimit: read('CAIRN_RATE_LIMIT') ?? 0,
    dataDir,
    cacheDir,
    temporalBin: temporalBin === null ? null : resolve(temporalBin),
    databaseUrl: read('CAIRN_DATABASE_URL'),
    secretKey: read('CAIRN_SECRET_KEY'),
    previousKeys: read('CAIRN_SECRET_KEY_PREVIOUS') ?? [],
    payloadCodec: read('CAIRN_PAYLOAD_CODEC') ?? true,
    adminToken: read('CAIRN_ADMIN_TOKEN'),
    oidc: oidcSettings(read, problems),
    artifacts: read('CAIRN_ARTIFACTS') ?? pathToFileURL(join(dataDir, 'artifacts')).href,
    groups: read('CAIRN_GROUPS') ?? [],
    platformsDir: platformsDir === null ? null : resolve(platformsDir),
    maxSessions: read('CAIRN_MAX_SESSIONS') ?? 0,
    maxDevicesPerRequest: read('CAIRN_MAX_DEVICES_PER_REQUEST') ?? 0,
    webhookAllowPrivate: read('CAIRN_WEBHOOK_ALLOW_PRIVATE') ?? false,
    syslogPort: read('CAIRN_SYSLOG_PORT') ?? 0,
    syslogHost: read('CAIRN_SYSLOG_HOST') ?? '',
    syslogWindow: read('CAIRN_SYSLOG_WINDOW') ?? 0,
    metricsPort: read('CAIRN_METRICS_PORT') ?? 0,
    metricsHost: read('CAIRN_METRICS_HOST') ?? '',
    secretSources: {
      environment: deviceSecrets(given),
      folders: read('CAIRN_SECRET_FILES') ?? [],
      vault: {
        address: read('CAIRN_VAULT_ADDR')?.replace(/\/+$/, '') ?? null,
        tokenFile: vaultTokenFile === null ? null : resolve(vaultTokenFile),
        namespace: read('CAIRN_VAULT_NAMESPACE'),
      },
    },
    logLevel: read('CAIRN_LOG_LEVEL') ?? 'info',
    tracing: otlpSettings(given, problems),
    temporal: temporalSettings(given, read('CAIRN_TEMPORAL_UI_URL'), problems),
  };
  if (problems.length > 0) throw new AppError('configuration_invalid', problems.join('; '));
  return settings;
}

/** Never the keys of Cairn itself, whatever a reference says. */
function deviceSecrets(given: Record<string, string>): Record<string, string> {
  const own = ([name]: [string, string]): boolean => name in SETTINGS || name.startsWith('CAIRN_SECRET_KEY');
  return Object.fromEntries(Object.entries(given).filter((entry) => entry[0].startsWith('CAIRN_SECRET_') && !own(entry)));
}

type Parsed<N extends SettingName> = (typeof SETTINGS)[N]['schema']['_zod']['output'];

/**
 * The configuration of `api` and `worker`: the settings, and where they name no database or Temporal, those of the `npm start`
 * that runs on the same data folder.
 * @throws AppError `configuration_invalid` with what to do.
 */
export function loadConfig(env: Environment): Config {
  const settings = loadSettings(env);
  const { databaseUrl, temporal } = settings;
  if (databaseUrl !== null && temporal.address !== null) {
    return { ...settings, databaseUrl, temporal: { ...temporal, address: temporal.address } };
  }
  const run = readRunFile(settings.dataDir);
  if (run === null) {
    const missing = [
      databaseUrl === null ? 'CAIRN_DATABASE_URL' : [],
      temporal.address === null ? 'TEMPORAL_ADDRESS' : [],
    ].flat();
    throw new AppError(
      'configuration_invalid',
      `${missing.join(' and ')} not set and no \`npm start\` runs on CAIRN_DATA_DIR ${settings.dataDir}: set ${missing.length > 1 ? 'them' : 'it'}, or run \`npm start\` first`,
    );
  }
  return {
    ...settings,
    databaseUrl: databaseUrl ?? run.database_url,
    temporal: {
      ...temporal,
      address: temporal.address ?? run.temporal_address,
      namespace: temporal.address === null ? run.temporal_namespace : temporal.namespace,
      uiUrl: temporal.uiUrl ?? (temporal.address === null ? run.temporal_ui : null),
    },
  };
}

function oidcSettings(read: <N extends SettingName>(name: N) => Parsed<N> | null, problems: string[]): OidcSettings | null {
  const issuer = read('CAIRN_OIDC_ISSUER');
  const audience = read('CAIRN_OIDC_AUDIENCE');
  const rest = {
    jwksUrl: read('CAIRN_OIDC_JWKS_URL'),
    roleClaim: read('CAIRN_OIDC_ROLE_CLAIM') ?? '',
    roles: read('CAIRN_OIDC_ROLES') ?? new Map<string, Role>(),
    groupsClaim: read('CAIRN_OIDC_GROUPS_CLAIM'),
    nameClaim: read('CAIRN_OIDC_NAME_CLAIM') ?? '',
    createUsers: read('CAIRN_OIDC_CREATE_USERS') ?? true,
  };
  if (issuer !== null && audience !== null) return { issuer, audience, ...rest };
  if (issuer !== null || audience !== null) problems.push('CAIRN_OIDC_ISSUER and CAIRN_OIDC_AUDIENCE must be set together');
  return null;
}

function tlsFiles(cert: string | null, key: string | null, problems: string[]): Settings['tls'] {
  if (cert !== null && key !== null) return { cert: resolve(cert), key: resolve(key) };
  if (cert !== null || key !== null) problems.push('CAIRN_TLS_CERT and CAIRN_TLS_KEY must be set together');
  return null;
}

function temporalSettings(given: Record<string, string>, uiUrl: string | null, problems: string[]): TemporalSettings {
  const settings: TemporalSettings = {
    address: null,
    namespace: 'default',
    uiUrl: uiUrl?.replace(/\/+$/, '') ?? null,
    tls: undefined,
    apiKey: undefined,
    metadata: undefined,
  };
  try {
    // The profile file in the home folder is left alone: a login meant for the `temporal` CLI must not move Cairn's data.
    const disableFile = given.TEMPORAL_CONFIG_FILE === undefined;
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: given, disableFile });
    const address = connectionOptions.address ?? null;
    if (address !== null && !/^[^\s/]+:\d{1,5}$/.test(address))
      problems.push(`TEMPORAL_ADDRESS must be host:port, not "${address}"`);
    return {
      ...settings,
      address,
      namespace: namespace ?? 'default',
      tls: connectionOptions.tls,
      apiKey: typeof connectionOptions.apiKey === 'string' ? connectionOptions.apiKey : undefined,
      metadata: connectionOptions.metadata,
    };
  } catch (error) {
    problems.push(`TEMPORAL_* settings: ${error instanceof Error ? error.message : String(error)}`);
    return settings;
  }
}
