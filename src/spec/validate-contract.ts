import { CONTRACT_MODES, ContractSpec } from './contract-spec';
import type { SpecProblem } from './validate-source-spec';

export function contractProblems(contract: ContractSpec | undefined): SpecProblem[] {
  if (contract === undefined) {
    return [];
  }
  const { mode, sha256, maxQuarantineRatio: ratio } = contract;
  return [
    ...(CONTRACT_MODES.includes(mode) ? [] : [{ property: 'contract.mode', got: mode, fix: `use one of ${CONTRACT_MODES.join(', ')}` }]),
    ...(/^[0-9a-f]{64}$/.test(sha256) ? [] : [{ property: 'contract.sha256', got: sha256, fix: 'give the SHA-256 of the schema, 64 hexadecimal digits' }]),
    ...(ratio === undefined || (ratio >= 0 && ratio <= 1)
      ? [] : [{ property: 'contract.maxQuarantineRatio', got: ratio, fix: 'use a number from 0 (none may be quarantined) to 1 (all may be)' }]),
  ];
}
