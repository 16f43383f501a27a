/** A record of twelve scalar fields, as most tables have them. */
export function flatRecord(index: number): object {
  return {
    id: index,
    uuid: `00000000-4c1d-4e2a-9f00-${String(index).padStart(12, '0')}`,
    name: `User ${index}`,
    email: `user${index}@example.com`,
    created_at: new Date(1.6e12 + index * 1000).toISOString(),
    amount: (index % 10007) / 7,
    active: index % 2 === 0,
    country: 'DE',
    note: index % 5 ? null : `naïve ünï "q" ${index}`,
    n1: index,
    n2: index * 3,
    n3: index * 1e6,
  };
}
