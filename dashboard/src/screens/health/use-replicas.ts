import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { api, type Schemas, take } from '../../api';

const REFRESH_MS = 5_000;

/** For the operator of the installation only. */
export const useReplicas = (isOperator: boolean): UseQueryResult<Schemas['ReplicaListView']> =>
  useQuery({
    queryKey: ['health', 'replicas'],
    queryFn: () => take(api.GET('/v1/replicas')),
    refetchInterval: REFRESH_MS,
    enabled: isOperator,
  });
