import { Injectable } from '@nestjs/common';
import { type DenialCode, type Environment, KeyVerifier } from 'keystile';

/** The document's “Key Not Working”, as answers. */
const ADVICE: Readonly<Partial<Record<DenialCode, string>>> = {
  api_key_revoked: "Verify the key hasn't been revoked",
  invalid_api_key: 'Check for typos in the key',
  wrong_environment: "Ensure you're using the correct environment (test vs. live)",
};

@Injectable()
export class Diagnosis {
  constructor(private readonly verifier: KeyVerifier) {}

  /** Why a key does not work, for people of its account. */
  async of(organizationId: string, key: string, type: Environment): Promise<object> {
    const { outcome } = await this.verifier.verify(key, { liveOnly: type === 'live' }, { organizationId });
    const isLiveForTest = outcome === 'valid' && type === 'test' && !key.startsWith('sk_test_');
    const reason = isLiveForTest ? 'wrong_environment' : outcome;
    if (reason === 'valid') return { works: true, reason: null, advice: null };
    return { works: false, reason, advice: ADVICE[reason] ?? 'Contact support if issues persist' };
  }
}
