import { ApiKey, ApiKeyCredential, ApiKeyScope, KeyOwner } from './api-key.entity';
import { KeyImport, KeyImportLine } from './key-import.entity';

export const keyEntities = [ApiKey, ApiKeyCredential, ApiKeyScope, KeyOwner, KeyImport, KeyImportLine];
