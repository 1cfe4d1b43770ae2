import { AppError } from '../core/errors.ts';
import { SECRET_POLICIES, type SecretPolicy } from '../core/backups.ts';

export type ParsedArtifactUrl =
  | { kind: 'filesystem'; secrets: SecretPolicy; path: string }
  | {
      kind: 'git';
      secrets: SecretPolicy;
      /** The bare repository; null: one under the data folder. */
      path: string | null;
      branch: string;
      /** `file:///…` or `ssh://…`, as Git takes it; null: it is not pushed. */
      push: string | null;
    }
  | {
      kind: 's3';
      secrets: SecretPolicy;
      bucket: string;
      /** '' or a path without slashes at its ends. */
      prefix: string;
      region: string | null;
      endpoint: string | null;
      path_style: boolean;
    };

const FORMS = 'file:///path, git+file:///path/to/bare.git, git+ssh://user@host/path or s3://bucket/prefix';
const PARAMETERS: Record<string, string[]> = {
  'file:': ['secrets'],
  'git+file:': ['secrets', 'branch', 'push'],
  'git+ssh:': ['secrets', 'branch'],
  's3:': ['secrets', 'region', 'endpoint', 'path_style'],
};
/** Part of what git-check-ref-format(1) allows. */
const BRANCH = /^(?!.*(?:\.\.|\/\/|\.lock(?:\/|$)|\/\.|[./]$))[A-Za-z0-9_][A-Za-z0-9._/-]*$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

function invalid(what: string, cause?: unknown): AppError {
  return new AppError('configuration_invalid', `CAIRN_ARTIFACTS: ${what}`, { cause });
}

/**
 * What an address of an artifact store says. No message repeats the address: it may hold what should not be in it.
 * @throws AppError `configuration_invalid` that names what is wrong
 */
export function parseArtifactUrl(text: string): ParsedArtifactUrl {
  const url = asUrl(text, `the address is not of the form ${FORMS}`);
  const known = PARAMETERS[url.protocol];
  if (known === undefined) throw invalid(`the scheme ${url.protocol}// is unknown: use ${FORMS}`);
  if (url.hash !== '') throw invalid('a # must be written as %23');
  const parameters = parametersOf(url, known);
  const secrets = secretsOf(parameters.get('secrets'));
  if (url.protocol === 'file:') return { kind: 'filesystem', secrets, path: pathOf(url, text) };
  if (url.protocol === 's3:') return { kind: 's3', secrets, ...s3Of(url, parameters) };
  const branch = parameters.get('branch') ?? 'main';
  if (!BRANCH.test(branch)) throw invalid('branch is not a name that Git takes');
  if (url.protocol === 'git+ssh:') return { kind: 'git', secrets, path: null, branch, push: sshOf(url) };
  const push = parameters.get('push');
  return { kind: 'git', secrets, path: pathOf(url, text), branch, push: push === undefined ? null : pushOf(push) };
}

function asUrl(text: string, otherwise: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalid(otherwise);
  }
}

function parametersOf(url: URL, known: string[]): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (!known.includes(name)) throw invalid(`unknown parameter ${name}: ${url.protocol}// takes ${known.join(', ')}`);
    if (parameters.has(name)) throw invalid(`the parameter ${name} is there twice`);
    if (value === '') throw invalid(`the parameter ${name} is empty`);
    parameters.set(name, value);
  }
  return parameters;
}

function secretsOf(value: string | undefined): SecretPolicy {
  const found = SECRET_POLICIES.find((one) => one === (value ?? 'keep'));
  if (found === undefined) throw invalid(`secrets must be one of ${SECRET_POLICIES.join(', ')}`);
  return found;
}

function pathOf(url: URL, text: string): string {
  // URL takes file://x/y for the host x.
  if (!/^[a-z+]+:\/\/\//i.test(text)) throw invalid('the path must be absolute, after three slashes: file:///path');
  const path = decoded(url.pathname).replace(/(?<=.)\/+$/, '');
  if (path === '/') throw invalid('the path is missing');
  return path;
}

function decoded(path: string): string {
  try {
    const plain = decodeURIComponent(path);
    if (!plain.includes('\0')) return plain;
  } catch {
    // A percent sign that is none: told below.
  }
  throw invalid('a percent sign in the path must be written as %25');
}

function pushOf(text: string): string {
  const form = 'push must be file:///path or ssh://user@host/path, percent-encoded';
  const url = asUrl(text, form);
  // Git undoes the percent-encoding itself.
  if (url.protocol === 'file:' && pathOf(url, text) !== '') return `file://${url.pathname}`;
  if (url.protocol !== 'ssh:') throw invalid(form);
  return sshOf(url);
}

function sshOf(url: URL): string {
  if (url.password !== '') throw invalid('no password in the address: ssh uses the keys of the user that Cairn runs as');
  if (!/^[A-Za-z0-9[]/.test(url.hostname)) throw invalid('the host is missing');
  if (url.pathname === '' || url.pathname === '/') throw invalid('the path on the host is missing');
  return `ssh://${url.username === '' ? '' : `${url.username}@`}${url.host}${url.pathname}`;
}

function s3Of(url: URL, parameters: Map<string, string>) {
  if (url.username !== '' || url.password !== '') {
    throw invalid('no credentials in the address: they come from the environment or the profile, as for every AWS client');
  }
  if (url.port !== '' || !BUCKET.test(url.hostname)) throw invalid('the bucket is missing, or not a name that S3 takes');
  const prefix = decoded(url.pathname).replaceAll(/^\/+|\/+$/g, '');
  if (Buffer.byteLength(prefix) > 200) throw invalid('the prefix is longer than 200 bytes');
  const style = parameters.get('path_style') ?? 'false';
  if (style !== 'true' && style !== 'false') throw invalid('path_style must be true or false');
  const endpoint = parameters.get('endpoint') ?? null;
  return {
    bucket: url.hostname,
    prefix,
    region: parameters.get('region') ?? null,
    endpoint: endpointOf(endpoint),
    path_style: style === 'true',
  };
}

function endpointOf(text: string | null): string | null {
  if (text === null) return null;
  const url = asUrl(text, 'endpoint must be http://host:port or https://host');
  if (!/^https?:$/.test(url.protocol)) throw invalid('endpoint must be http://host:port or https://host');
  if (url.username !== '' || url.password !== '') throw invalid('no credentials in endpoint');
  return url.href.replace(/\/$/, '');
}
