export interface WebOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly hosts: readonly string[];
  readonly token: string | null;
  readonly intervalSeconds: number;
  /** Tells of one row, see `drydock explain`; left out: nobody can ask. @returns a document, and whether it is an error's */
  readonly explain?:
    | ((key: string) => Promise<{ readonly ok: boolean; readonly document: unknown }>)
    | undefined;
}
