const MASK = '***';

/** Removes known secrets from every text that leaves the process: logs, errors, results. */
export class Redactor {
  private readonly secrets = new Set<string>();

  /** Remembers a secret and the forms it takes in URLs and headers. */
  add(secret: string): void {
    if (secret === '') {
      return;
    }
    this.secrets.add(secret);
    this.secrets.add(encodeURIComponent(secret));
    this.secrets.add(new URLSearchParams({ s: secret }).toString().slice(2));
    this.secrets.add(Buffer.from(secret).toString('base64'));
    this.secrets.add(JSON.stringify(secret).slice(1, -1));
  }

  redact(text: string): string {
    let clean = text;
    // The longest first, so that a secret that contains another one leaves no rest.
    for (const secret of [...this.secrets].sort((a, b) => b.length - a.length)) {
      clean = clean.split(secret).join(MASK);
    }
    return clean;
  }

  /** The same for what is logged as JSON. */
  redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return JSON.parse(this.redact(JSON.stringify(fields))) as Record<string, unknown>;
  }
}
