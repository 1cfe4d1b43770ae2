/** A text as it is stored, with the name it is to be seen under. */
export interface PublishedFile {
  /** e.g. `core-sw1.cfg`; the same name again replaces what was there. Any name of a device is possible: the store makes it safe. */
  name: string;
  address: string;
}

/** One visible change of many files: in Git one commit. */
export interface Publication {
  /** First line says what happened; the job id and the actor stand in the body. */
  message: string;
  /** Who asked for it: the author in Git. */
  actor: string;
  files: PublishedFile[];
  /** Names that are to be seen no more. */
  removed: string[];
}

export interface StoredArtifact {
  address: string;
  bytes: number;
  /** When it was stored last: storing it again moves this on, so that the sweep spares it. */
  stored_at: Date;
}

/**
 * Where configuration texts are kept: content addressed, so that one text is stored once. A text is stored before the row that
 * refers to it is written; what no row refers to is swept later.
 */
export interface ArtifactStore {
  readonly kind: 'filesystem' | 'git' | 's3';
  /** For people; without credentials. */
  readonly location: string;
  /**
   * Durable when it resolves, whatever is killed; never half a text. Returns its address.
   * @throws AppError `artifact_store_unavailable`
   */
  put(content: Buffer): Promise<string>;
  /** @throws AppError `artifact_missing` where nothing is stored under the address; `artifact_store_unavailable` */
  get(address: string): Promise<Buffer>;
  /** Shows these files under their names, all or none of them where the store can (Git). Doing it again changes nothing. */
  publish(publication: Publication): Promise<void>;
  /** What is shown now: name → address. */
  published(): Promise<Map<string, string>>;
  /** Everything stored, in no order. */
  list(): AsyncIterable<StoredArtifact>;
  /**
   * Removes those of `addresses` that were last stored before `before`; others are left. Returns what was removed.
   * A text that is stored at the same moment survives.
   */
  remove(addresses: string[], before: Date): Promise<string[]>;
  /** Housekeeping: repack, push what was not pushed. Returns what a person should know, if anything. */
  maintain(): Promise<string | null>;
  close(): Promise<void>;
}
