export interface WebOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly hosts: readonly string[];
  readonly token: string | null;
  readonly intervalSeconds: number;
}
