// Made from the OpenAPI document by scripts/client.mjs. Do not edit.
export interface paths {
    "/.well-known/keystile-audit-keys.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys that checkpoints are signed with.
         * @description Needs no credential.
         */
        get: operations["listAuditKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends an e-mail.
         * @description Requires the scope `send_email`.
         */
        post: operations["sendEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process runs; asks nobody else, so that a lost database does not restart it.
         * @description Needs no credential.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether calls should be sent here: the databases answer and no shutdown has begun.
         * @description Needs no credential.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The organization's messages, newest first, with what became of them.
         * @description Requires one of the scopes `send_sms` or `send_whatsapp` or `send_email`.
         */
        get: operations["listMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{messageId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One message, with what it says.
         * @description Requires one of the scopes `send_sms` or `send_whatsapp` or `send_email`.
         */
        get: operations["getMessage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{messageId}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a message again that failed, or that stayed in the outbox for want of a provider.
         * @description Requires one of the scopes `send_sms` or `send_whatsapp` or `send_email`.
         */
        post: operations["resendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Figures about the process and its calls, as OpenMetrics text, for holders of METRICS_TOKEN or, where none is set, for callers on the same machine.
         * @description Needs no credential.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends an SMS.
         * @description Requires the scope `send_sms`.
         */
        post: operations["sendSms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-key-imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the imports of the organization, newest first.
         * @description Requires the scope `api_key.import`.
         */
        get: operations["listApiKeyImports"];
        put?: never;
        /**
         * Begins an import of keys that another system issued.
         * @description Requires the scope `api_key.import`.
         */
        post: operations["createApiKeyImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-key-imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells how an import stands: what was accepted and refused, and how many of its keys have been seen.
         * @description Requires the scope `api_key.import`.
         */
        get: operations["getApiKeyImport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-key-imports/{id}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists what became of the lines of an import.
         * @description Requires the scope `api_key.import`.
         */
        get: operations["linesApiKeyImport"];
        put?: never;
        /**
         * Imports up to 1,000 keys, one JSON object a line, by the hashes of their secrets. Sending lines again does no harm.
         * @description Requires the scope `api_key.import`.
         */
        post: operations["addApiKeyImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the keys of the organization, newest first.
         * @description Requires the scope `api_key.read`.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Creates a key. The secret stands in this answer only.
         * @description Requires the scope `api_key.create`.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows one key.
         * @description Requires the scope `api_key.read`.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /**
         * The same as revoke: the row stays for the records.
         * @description Requires the scope `api_key.revoke`.
         */
        delete: operations["removeApiKey"];
        options?: never;
        head?: never;
        /**
         * Changes a key. Absent fields stay, `null` clears.
         * @description Requires the scope `api_key.update`.
         */
        patch: operations["updateApiKey"];
        trace?: never;
    };
    "/v1/api-keys/{id}/credentials/{prefix}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends an old secret before its overlap does.
         * @description Requires the scope `api_key.rotate`.
         */
        post: operations["retireApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refuses the key until it is enabled again.
         * @description Requires the scope `api_key.update`.
         */
        post: operations["disableApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets a disabled key work again.
         * @description Requires the scope `api_key.update`.
         */
        post: operations["enableApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tells what a call of this key would meet: every check in order, and the smallest change that would let it through.
         * @description Requires the scope `api_key.read`.
         */
        post: operations["explainApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/impact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells what would stop if the key were revoked now.
         * @description Requires the scopes `api_key.read` and `call_log.read`.
         */
        get: operations["showApiKeyImpact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a key now and for ever.
         * @description Requires the scope `api_key.revoke`.
         */
        post: operations["revokeApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds a secret and retires the old one, at once or after `overlapSeconds`. The secret stands in this answer only.
         * @description Requires the scope `api_key.rotate`.
         */
        post: operations["rotateApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells what a key was used for, from where, and which smaller set of scopes would have been enough.
         * @description Requires the scopes `api_key.read` and `call_log.read`.
         */
        get: operations["showApiKeyUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the key that makes this call.
         * @description For API keys only.
         */
        get: operations["getCurrentApiKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/current/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revokes the key that makes this call.
         * @description For API keys only.
         */
        post: operations["revokeCurrentApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Finds the key that a pasted secret or prefix is of, revoked or not.
         * @description Requires the scope `api_key.read`.
         */
        post: operations["searchApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tells whether a key of this organization is valid, and for the call described in `request` if one is.
         * @description Requires the scope `api_key.verify`.
         */
        post: operations["verifyApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the changes made in the organization, newest first.
         * @description Requires the scope `audit_event.read`.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows one change.
         * @description Requires the scope `audit_event.read`.
         */
        get: operations["getAuditEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events/{id}/erase-personal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erases what an event tells about people: address, reason and personal fields. The event stays, and the chain holds.
         * @description Requires the scopes `audit_event.erase` and `audit_event.read`.
         */
        post: operations["erasePersonal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events/checkpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists what was signed of the chain, newest first, and whether it arrived where it is sent.
         * @description Requires the scope `audit_event.read`.
         */
        get: operations["listAuditCheckpoints"];
        put?: never;
        /**
         * Signs the chain as it is now. Keep the answer: with it, whatever is changed or cut off before it is found.
         * @description Requires the scope `audit_event.checkpoint`.
         */
        post: operations["signAuditChain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Takes audit events out as a file, oldest first. Without filters it can be verified anywhere, by `keystile audit verify`.
         * @description Requires the scope `audit_event.read`.
         */
        get: operations["exportAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Checks the whole chain of events: none is missing, none was changed.
         * @description Requires the scope `audit_event.read`.
         */
        get: operations["verifyAuditEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/forgot-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mails a link to set a new password, where a mail server is set. The answer is the same whether or not there is an account.
         * @description Needs no credential.
         */
        post: operations["forgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Signs you in.
         * @description Needs no credential.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends this session; its access tokens die with it.
         * @description For signed-in people only.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Trades a refresh token, from the body or the cookie, for new tokens. An old one ends the session.
         * @description Needs no credential.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sets a new password with the token of a mailed link, and ends every session of the account.
         * @description Needs no credential.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/switch-organization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins a session in another of your organizations.
         * @description For signed-in people only.
         */
        post: operations["switchOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/call-logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists answered calls, refused ones too, newest first.
         * @description Requires the scope `call_log.read`.
         */
        get: operations["listCallLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/call-logs/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows one call, by the `X-Request-Id` of its answer.
         * @description Requires the scope `call_log.read`.
         */
        get: operations["getCallLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/call-logs/{requestId}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells what a call that was made met: every check in order, and the smallest change that would let it through.
         * @description Requires the scopes `call_log.read` and `api_key.read`.
         */
        get: operations["explainCallLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/call-logs/completeness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Says whether every answered call was stored in the call log, and until when; to the operator also, for every start of every replica, how much of what it answered.
         * @description Requires the scope `call_log.read`.
         */
        get: operations["showCallLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/call-logs/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Takes calls out as a file, newest first, however many there are. Each export is an audit event.
         * @description Requires the scope `call_log.export`.
         */
        get: operations["exportCallLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/call-logs/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows how long calls are kept, and when old ones were last deleted.
         * @description Requires the scope `call_log.read`.
         */
        get: operations["showRetention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the invitations of the organization, newest first.
         * @description Requires the scope `member.read`.
         */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Invites somebody by e-mail. The link stands in this answer only, and is mailed where a mail server is set.
         * @description Requires the scope `member.invite`.
         */
        post: operations["createInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows one invitation.
         * @description Requires the scope `member.read`.
         */
        get: operations["getInvitation"];
        put?: never;
        post?: never;
        /**
         * Takes an invitation back.
         * @description Requires the scope `member.invite`.
         */
        delete: operations["revokeInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accepts an invitation, with the account that the address has or with a new one, and signs you in.
         * @description Needs no credential.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the members of the organization, the newest first.
         * @description Requires the scope `member.read`.
         */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows one member.
         * @description Requires the scope `member.read`.
         */
        get: operations["getMember"];
        put?: never;
        post?: never;
        /**
         * Removes a member; each of their keys is revoked or taken over by the organization, as it says.
         * @description Requires the scope `member.delete`.
         */
        delete: operations["deleteMember"];
        options?: never;
        head?: never;
        /**
         * Gives a member another role.
         * @description Requires the scope `member.update`.
         */
        patch: operations["updateMember"];
        trace?: never;
    };
    "/v1/members/{userId}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the keys that a person owns, made or saw, and that are not revoked; also of somebody who has left. Newest first.
         * @description Requires the scopes `api_key.read` and `member.read`.
         */
        get: operations["listMemberKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{userId}/keys/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revokes these keys together, and says of each whether it is.
         * @description Requires the scopes `api_key.revoke` and `member.read`.
         */
        post: operations["revokeMemberKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{userId}/keys/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives these keys new secrets together, and tells each in this answer only.
         * @description Requires the scopes `api_key.rotate` and `member.read`.
         */
        post: operations["rotateMemberKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists your organizations, newest first.
         * @description Requires the scope `organization.read`.
         */
        get: operations["listOrganizations"];
        put?: never;
        /**
         * Creates an organization with you as its owner; for the operator of the installation.
         * @description Requires the scope `organization.create`.
         */
        post: operations["createOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows one organization.
         * @description Requires the scope `organization.read`.
         */
        get: operations["getOrganization"];
        put?: never;
        post?: never;
        /**
         * Deletes an organization: its people are signed out and its keys stop.
         * @description Requires the scope `organization.delete`.
         */
        delete: operations["deleteOrganization"];
        options?: never;
        head?: never;
        /**
         * Renames an organization, changes its options, or, for the operator, suspends and restores it.
         * @description Requires one of the scopes `organization.update` or `organization.suspend`.
         */
        patch: operations["updateOrganization"];
        trace?: never;
    };
    "/v1/replicas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the processes that serve this installation; for its operator.
         * @description For signed-in people only.
         */
        get: operations["listReplicas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the roles of the organization, newest first, and after them the built-in ones.
         * @description Requires the scope `role.read`.
         */
        get: operations["listRoles"];
        put?: never;
        /**
         * Creates a role. It can hold no scope that you do not hold yourself.
         * @description Requires the scope `role.create`.
         */
        post: operations["createRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows one role, by its id or its built-in name.
         * @description Requires the scope `role.read`.
         */
        get: operations["getRole"];
        put?: never;
        post?: never;
        /**
         * Deletes a role that nobody has.
         * @description Requires the scope `role.delete`.
         */
        delete: operations["deleteRole"];
        options?: never;
        head?: never;
        /**
         * Changes a role, for everybody who has it.
         * @description Requires the scope `role.update`.
         */
        patch: operations["updateRole"];
        trace?: never;
    };
    "/v1/scopes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every scope that an endpoint of this service asks for, with those endpoints.
         * @description Any valid credential will do.
         */
        get: operations["listScopes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/service-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the service accounts of the organization, newest first.
         * @description Requires the scope `service_account.read`.
         */
        get: operations["listServiceAccounts"];
        put?: never;
        /**
         * Creates a service account: an owner for keys that shall outlive people.
         * @description Requires the scope `service_account.create`.
         */
        post: operations["createServiceAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/service-accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows one service account.
         * @description Requires the scope `service_account.read`.
         */
        get: operations["getServiceAccount"];
        put?: never;
        post?: never;
        /**
         * Deletes a service account; each of its keys is revoked or taken over by the organization, as it says.
         * @description Requires the scope `service_account.delete`.
         */
        delete: operations["deleteServiceAccount"];
        options?: never;
        head?: never;
        /**
         * Changes a service account, disables it or enables it again.
         * @description Requires the scope `service_account.update`.
         */
        patch: operations["updateServiceAccount"];
        trace?: never;
    };
    "/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates the first owner and organization, once, with the token that the service printed.
         * @description Needs no credential.
         */
        post: operations["setUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counts the calls of the organization by time, and how long they took.
         * @description Requires the scope `call_log.read`.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage/top": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells which keys, routes, statuses or codes had most calls.
         * @description Requires the scope `call_log.read`.
         */
        get: operations["getTopUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows your account.
         * @description For signed-in people only.
         */
        get: operations["getCurrentUser"];
        put?: never;
        post?: never;
        /**
         * Deletes your account, with your keys, sessions and memberships. It cannot be undone.
         * @description For signed-in people only.
         */
        delete: operations["deleteCurrentUser"];
        options?: never;
        head?: never;
        /**
         * Changes your account.
         * @description For signed-in people only.
         */
        patch: operations["updateCurrentUser"];
        trace?: never;
    };
    "/v1/users/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes your password and ends your other sessions.
         * @description For signed-in people only.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists where you are signed in, the newest first.
         * @description For signed-in people only.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Ends one of your sessions.
         * @description For signed-in people only.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells who the presented credential belongs to, what it may do now, and where the call comes from.
         * @description Any valid credential will do.
         */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/whatsapp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a WhatsApp message: a text or an approved template, under a header image if you like.
         * @description Requires the scope `send_whatsapp`.
         */
        post: operations["sendWhatsapp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/whatsapp/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends the test message of this installation, to see that WhatsApp works.
         * @description Requires the scope `send_whatsapp`.
         */
        post: operations["testWhatsapp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/whatsapp/upload-header-image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keeps a picture, PNG or JPEG up to 5 MiB, for the top of WhatsApp messages.
         * @description Requires the scope `send_whatsapp`.
         */
        post: operations["uploadHeaderImage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptedMessageView: {
            messageId: string;
            /** @enum {string} */
            status: "queued";
        };
        AcceptInvitationDto: {
            /** @description Of a new account. */
            name?: string;
            /** @description Of the account with the invited address; of a new one, at least 12 characters. */
            password?: string;
            token: string;
            /**
             * @default cookie
             * @enum {string}
             */
            transport: "cookie" | "bearer";
        };
        AddressUseView: {
            calls: number;
            ip: string;
            /** Format: date-time */
            lastAt: string;
        };
        AllowedEndpointDto: {
            /**
             * @description `*` for any.
             * @enum {string}
             */
            method: "*" | "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";
            /** @description A path, or the beginning of one followed by `*`. */
            path: string;
        };
        AuditActorView: {
            id: string | null;
            /** @enum {string} */
            type: "user" | "api_key" | "system" | "anonymous";
        };
        AuditEventListView: {
            data: components["schemas"]["AuditEventView"][];
            /** @description Whether there is more: also where this page is short, or empty. */
            hasMore: boolean;
            nextCursor: string | null;
        };
        AuditEventView: {
            /** @description What happened: `api_key.created`, `member.role_changed`. */
            action: string;
            actor: components["schemas"]["AuditActorView"];
            after: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            at: string;
            before: {
                [key: string]: unknown;
            } | null;
            /** @description SHA-256 over all of the above but the personal fields themselves. */
            hash: string;
            id: string;
            ip: string | null;
            organizationId: string | null;
            /** @description What else tells about a person. `ip`, `reason` and this can be erased without breaking the chain. */
            personal: {
                [key: string]: unknown;
            } | null;
            /** @description Binds the personal fields to the event: it stays when they are erased. */
            personalDigest: string | null;
            /** @description The `hash` of the event before; 64 zeros in the first one. */
            previousHash: string;
            reason: string | null;
            /** @description The call that made the change. */
            requestId: string | null;
            /** @description From 1, without gaps, in the chain of the organization. */
            sequence: number;
            target: components["schemas"]["AuditTargetView"];
        };
        AuditKeysView: {
            keys: components["schemas"]["AuditKeyView"][];
        };
        AuditKeyView: {
            /** @enum {string} */
            alg: "EdDSA";
            /** @enum {string} */
            crv: "Ed25519";
            kid: string;
            /** @enum {string} */
            kty: "OKP";
            /** @enum {string} */
            use: "sig";
            x: string;
        };
        AuditTargetView: {
            id: string | null;
            type: string;
        };
        CallExplanationView: {
            allowed: boolean;
            /** @description What was answered. */
            answered: number;
            /** @description The `code` of the problem that was answered; of a verification, why the key that was asked about is not valid. */
            answeredCode: string | null;
            /**
             * Format: date-time
             * @description When the call was made: dates of the key are compared with it.
             */
            at: string;
            change: components["schemas"]["ChangeView"] | null;
            /** @description The first of those changes. */
            changedSince: components["schemas"]["ChangeSinceView"] | null;
            /** @description In the order of the guard. None on a public route, where nobody looks at the key, and none where no route matches. */
            checks: components["schemas"]["CheckView"][];
            /**
             * @description `valid`, or the code that the call is refused with: the first check that fails. `not_found` where no route of this service matches:
             *     that is answered 404, whoever asks.
             */
            code: string;
            /**
             * @description Whether the key, its owner, the owner's role or the organization was changed since. Lists, scopes and roles are those of now: where
             *     this is `true` they need not be those of the call. A host's owners are asked as they are now, too.
             */
            keyChangedSince: boolean;
            keyId: string | null;
            /** @description Whether the guard let the call in, as far as the answer tells. What it is answered then is the endpoint's word. */
            letIn: boolean;
            /** @description What the checks do not say: that the endpoint answered so, or why they contradict the answer. */
            note: string | null;
            requestId: string;
            requiredScopes: string[];
            /** @description The route of this service that the call comes to, as its router says, such as `/v1/api-keys/:id`; `null` where there is none. */
            route: string | null;
            /** @description What the key may do now. */
            scopes: string[];
        };
        CallLogListView: {
            /**
             * Format: date-time
             * @description Every call that was answered before this time is in the log.
             */
            completeUntil: string;
            data: components["schemas"]["CallLogView"][];
            /** @description Whether there is more: also where this page is short, or empty. */
            hasMore: boolean;
            nextCursor: string | null;
        };
        CallLogView: {
            /** Format: date-time */
            at: string;
            /**
             * @description How many calls the row stands for: 1, or all those of one second that were refused because too many bad credentials came from
             *     their address (429 `rate_limited`). Whatever else the row says is said of the first of them.
             */
            calls: number;
            /** @description The `code` of the problem that was answered; of a verification, which is answered with 200, why the key is not valid. */
            code: string | null;
            /** @description The public beginning of what was presented; of an unknown key at most that. */
            credentialPrefix: string | null;
            /** @enum {string|null} */
            environment: "live" | "test" | null;
            /** @description The `X-Request-Id` that the caller sent. */
            inboundRequestId: string | null;
            ip: string | null;
            keyId: string | null;
            /** @description The name that the key had then. */
            keyName: string | null;
            latencyMs: number;
            method: string;
            organizationId: string | null;
            /** @description Without the query. */
            path: string;
            /**
             * @description `null` where nobody could be made out. Of refused calls it is whoever's secret matched.
             * @enum {string|null}
             */
            principalType: "user" | "api_key" | null;
            referrer: string | null;
            /** @description Also sent as `X-Request-Id`. */
            requestId: string;
            requiredScopes: string[];
            responseBytes: number;
            /** @description The pattern that matched; `null` for a path that does not exist. */
            route: string | null;
            /** @description 499 where the caller went away before the answer was complete. */
            status: number;
            /** @description Of a verification: the API key that was asked about. */
            subjectKeyId: string | null;
            userAgent: string | null;
            userId: string | null;
        };
        ChainHeadView: {
            hash: string;
            sequence: number;
        };
        ChainVerificationView: {
            /** @description How many events were looked at. */
            checked: number;
            /**
             * @description Whether that one is not there, is not as it was, or is one that the chain has not recorded; `null` where the chain is whole.
             * @enum {string|null}
             */
            fault: "missing" | "altered" | "added" | null;
            /** @description The first event that is missing, was changed or does not follow from the one before it. */
            firstBrokenSequence: number | null;
            /** @description The newest event that the chain has recorded. */
            head: components["schemas"]["ChainHeadView"];
            valid: boolean;
        };
        ChangedKeyView: {
            allowedEndpoints: components["schemas"]["AllowedEndpointDto"][];
            allowedIps: string[];
            allowedReferrers: string[];
            /** Format: date-time */
            createdAt: string;
            /** @description `usr_…`, or `key_…` for a key that was made with a key. */
            createdBy: string;
            credentials: components["schemas"]["CredentialView"][];
            description: string | null;
            /** @description How long after it was stored that was so. Calls that begin after this answer are decided by it everywhere. */
            effectiveAfterMs?: number;
            /** @description How many replicas go by the change: all that answer from memory. */
            effectiveOnReplicas?: number;
            /** @enum {string} */
            environment: "live" | "test";
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            /**
             * Format: date-time
             * @description When it was last sent with a call, or last verified.
             */
            lastUsedAt: string | null;
            /** @description From where that was; of a verification, the address of the service that asked. */
            lastUsedIp: string | null;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /** @enum {string} */
            onOwnerRemoved: "revoke" | "transfer";
            organizationId: string;
            owner: components["schemas"]["OwnerView"];
            /** @description What lists show of the newest secret. */
            prefix: string;
            rateLimit: components["schemas"]["RateLimitDto"] | null;
            /** Format: date-time */
            revokedAt: string | null;
            revokedBy: string | null;
            revokeReason: string | null;
            /**
             * Format: date-time
             * @description 90 days after the newest secret was made
             */
            rotationDueAt: string;
            scopes: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired" | "disabled";
        };
        ChangePasswordDto: {
            currentPassword: string;
            newPassword: string;
        };
        ChangeSinceView: {
            action: string;
            /** Format: date-time */
            at: string;
            eventId: string;
        };
        ChangeView: {
            /** @description What to send to `PATCH /v1/api-keys/{id}`, which accepts it as it is from a person who may; `null` where changing the key does not help. */
            patch: components["schemas"]["KeyPatchView"] | null;
            /** @description What has to be done besides, or instead. */
            steps: string[];
        };
        CheckpointDeliveryView: {
            attempts: number;
            /**
             * Format: date-time
             * @description When `AUDIT_CHECKPOINT_WEBHOOK` took it.
             */
            deliveredAt: string | null;
            /** @description Why the last attempt failed. */
            error: string | null;
            /**
             * Format: date-time
             * @description When it was appended to `AUDIT_CHECKPOINT_FILE`.
             */
            filedAt: string | null;
            /**
             * Format: date-time
             * @description When it is tried again; `null` where nothing is left to do.
             */
            nextAttemptAt: string | null;
        };
        CheckpointListView: {
            data: components["schemas"]["CheckpointView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        CheckpointView: {
            /** Format: date-time */
            at: string;
            delivery: components["schemas"]["CheckpointDeliveryView"];
            /** @description The `hash` of that event. */
            hash: string;
            /** @description Which of `/.well-known/keystile-audit-keys.json` signed it. */
            kid: string;
            /** @description `null` for the chain of what belongs to no organization. */
            organizationId: string | null;
            sequence: number;
            /** @description Ed25519, base64url, over five lines: `keystile-audit-checkpoint-v1`, organization or `installation`, sequence, hash, time. */
            signature: string;
        };
        CheckView: {
            /** @description The code that the call is refused with where it fails: those of `/docs/errors`. */
            check: string;
            /** @description What would help. */
            fix: string | null;
            passed: boolean;
            /** @description Why it failed. */
            reason: string | null;
        };
        CompletenessRunView: {
            /** @description The start that stored what this one left behind. */
            adoptedBy: string | null;
            /** @description How many calls were stored. */
            calls: number;
            /**
             * Format: date-time
             * @description Every call that it answered before this time was stored, but for those that are missing.
             */
            completeUntil: string;
            /** @description Every record up to this one was stored, but for those that are missing. */
            drainedUpTo: number;
            /** @description Records of the journal are numbered from 1. A streamed call has two of them. */
            firstSequence: number;
            /** @description The newest record that is known of. A replica that is killed may have written more within its last second. */
            lastSequence: number;
            /** @description Records that were written and are in the journal no more, or cannot be read there. Anything but 0 is a hole in the log. */
            missing: number;
            /** @description Records that wait to be stored. */
            pending: number;
            replica: string;
            /** @description The name of the start. */
            run: string;
            /** Format: date-time */
            startedAt: string;
            /**
             * @description `left_behind`: it does not answer any more, and not everything that it answered is stored yet.
             * @enum {string}
             */
            state: "finished" | "running" | "left_behind";
        };
        CompletenessView: {
            /**
             * Format: date-time
             * @description Every call that was answered before this time, by whichever replica, was stored, if there are no gaps. What a dead replica has left
             *     behind holds it back for as long as it may still turn up.
             */
            completeUntil: string;
            /** @description Newest start first. Empty for everybody but the operator: the starts have answered other organizations, too. */
            data: components["schemas"]["CompletenessRunView"][];
            /**
             * @description Whether every call that is known to have been answered before `completeUntil` was stored. `false` where a start has missing records, or
             *     has left some behind and counts as lost (silent for 24 hours). It says nothing of rows that somebody deleted or changed in the database
             *     afterwards.
             */
            hasNoGaps: boolean;
        };
        CreatedInvitationView: {
            /** Format: date-time */
            acceptedAt: string | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            email: string;
            /** Format: date-time */
            expiresAt: string;
            id: string;
            /** @description Whether the link was also mailed. */
            mailed: boolean;
            /** Format: date-time */
            revokedAt: string | null;
            role: string;
            /** @enum {string} */
            status: "accepted" | "revoked" | "open" | "expired";
            /** @description Whoever has it can join. */
            token: string;
            /** @description The page that begins with it. */
            url: string;
        };
        CreateInvitationDto: {
            /** Format: email */
            email: string;
            /** @description A built-in role or `rol_…`, none that can do more than you. */
            role: string;
        };
        CreateKeyDto: {
            allowedEndpoints?: components["schemas"]["AllowedEndpointDto"][] | null;
            /** @description Addresses and CIDR blocks, IPv4 and IPv6. Empty means any address. */
            allowedIps?: string[] | null;
            /** @description Origins, optionally with `*.` before the host and a path after it. */
            allowedReferrers?: string[] | null;
            description?: string | null;
            /** @enum {string} */
            environment?: "live" | "test";
            /** Format: date-time */
            expiresAt?: string | null;
            /** @description A flat map of texts, up to 4 KiB. */
            metadata?: {
                [key: string]: string;
            } | null;
            name: string;
            /** @enum {string} */
            onOwnerRemoved?: "revoke" | "transfer";
            /** @description Who the key belongs to. Default: the caller, or the owner of the calling key. */
            owner?: components["schemas"]["OwnerDto"];
            rateLimit?: components["schemas"]["RateLimitDto"] | null;
            /** @description What the key may do: names and wildcards of the catalog. */
            scopes: string[];
        };
        CreateKeyImportDto: {
            name: string;
        };
        CreateOrganizationDto: {
            name: string;
        };
        CreateRoleDto: {
            description?: string;
            /** @description Unique in the organization, whatever its case. */
            name: string;
            /** @description Names and wildcards of the catalog, none that you do not hold. */
            scopes: string[];
        };
        CreateServiceAccountDto: {
            description?: string;
            /** @description Unique in the organization, whatever its case. */
            name: string;
            /** @description A built-in role or `rol_…`, none that can do more than you. The account's keys can never do more. */
            role: string;
        };
        CredentialView: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            lastUsedAt: string | null;
            prefix: string;
            /** Format: date-time */
            retiresAt: string | null;
            /**
             * @description `retiring` works until `retiresAt`.
             * @enum {string}
             */
            state: "active" | "retiring" | "retired";
        };
        DeleteAccountDto: {
            /** @description Yours, once more. */
            password: string;
        };
        EmptyView: Record<string, never>;
        ExplainCallDto: {
            /** @description Whether it is a call to a service of yours, which asks `verify`: the routes of this one do not matter then. Default `false`. */
            elsewhere?: boolean;
            ip?: string;
            /** @enum {string} */
            method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";
            /** @description Its query is not looked at. */
            path: string;
            /** @description Which secret of the key is presented, by what lists show of it. Default: the newest. */
            prefix?: string;
            /** @description The page that the call comes from. */
            referrer?: string;
            /** @description Scopes that the key has to hold besides those that the route asks for. */
            scopes?: string[];
        };
        ExplanationView: {
            allowed: boolean;
            change: components["schemas"]["ChangeView"] | null;
            /** @description In the order of the guard. None on a public route, where nobody looks at the key, and none where no route matches. */
            checks: components["schemas"]["CheckView"][];
            /**
             * @description `valid`, or the code that the call is refused with: the first check that fails. `not_found` where no route of this service matches:
             *     that is answered 404, whoever asks.
             */
            code: string;
            requiredScopes: string[];
            /** @description The route of this service that the call comes to, as its router says, such as `/v1/api-keys/:id`; `null` where there is none. */
            route: string | null;
            /** @description What the key may do now. */
            scopes: string[];
        };
        ForgotPasswordDto: {
            /** Format: email */
            email: string;
        };
        FoundKeyView: {
            allowedEndpoints: components["schemas"]["AllowedEndpointDto"][];
            allowedIps: string[];
            allowedReferrers: string[];
            /** Format: date-time */
            createdAt: string;
            /** @description `usr_…`, or `key_…` for a key that was made with a key. */
            createdBy: string;
            credentials: components["schemas"]["CredentialView"][];
            description: string | null;
            /** @enum {string} */
            environment: "live" | "test";
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            /**
             * Format: date-time
             * @description When it was last sent with a call, or last verified.
             */
            lastUsedAt: string | null;
            /** @description From where that was; of a verification, the address of the service that asked. */
            lastUsedIp: string | null;
            /**
             * @description `secret`: it is a secret of this key, live or not. `prefix`: it begins as one.
             * @enum {string}
             */
            matchedBy: "secret" | "prefix";
            /** @description Which of `credentials` it is. */
            matchedPrefix: string;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /** @enum {string} */
            onOwnerRemoved: "revoke" | "transfer";
            organizationId: string;
            owner: components["schemas"]["OwnerView"];
            /** @description What lists show of the newest secret. */
            prefix: string;
            rateLimit: components["schemas"]["RateLimitDto"] | null;
            /** Format: date-time */
            revokedAt: string | null;
            revokedBy: string | null;
            revokeReason: string | null;
            /**
             * Format: date-time
             * @description 90 days after the newest secret was made
             */
            rotationDueAt: string;
            scopes: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired" | "disabled";
        };
        HeaderImageView: {
            /** @description For `headerImageId` of `POST /whatsapp`. */
            headerImageId: string;
        };
        HealthView: {
            /** @enum {string} */
            status: "ok";
        };
        ImportedLinesView: {
            accepted: number;
            alreadyImported: number;
            lines: components["schemas"]["ImportedLineView"][];
            refused: number;
        };
        ImportedLineView: {
            detail: string | null;
            externalId: string | null;
            keyId: string | null;
            /** @description From 1, in what was sent. */
            line: number;
            /**
             * @description `already_imported`: an earlier line, or an earlier sending of this one, made the key.
             * @enum {string}
             */
            outcome: "accepted" | "refused" | "already_imported";
            /** @description A code of `/docs/errors`, or `duplicate_hash`, `invalid_hash`, `missing_lookup_id`. */
            reason: string | null;
        };
        InvitationListView: {
            data: components["schemas"]["InvitationView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        InvitationView: {
            /** Format: date-time */
            acceptedAt: string | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            email: string;
            /** Format: date-time */
            expiresAt: string;
            id: string;
            /** Format: date-time */
            revokedAt: string | null;
            role: string;
            /** @enum {string} */
            status: "accepted" | "revoked" | "open" | "expired";
        };
        IssuedKeyView: {
            allowedEndpoints: components["schemas"]["AllowedEndpointDto"][];
            allowedIps: string[];
            allowedReferrers: string[];
            /** Format: date-time */
            createdAt: string;
            /** @description `usr_…`, or `key_…` for a key that was made with a key. */
            createdBy: string;
            credentials: components["schemas"]["CredentialView"][];
            description: string | null;
            /** @enum {string} */
            environment: "live" | "test";
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            /** @description The whole secret. */
            key: string;
            /**
             * Format: date-time
             * @description When it was last sent with a call, or last verified.
             */
            lastUsedAt: string | null;
            /** @description From where that was; of a verification, the address of the service that asked. */
            lastUsedIp: string | null;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /** @enum {string} */
            onOwnerRemoved: "revoke" | "transfer";
            organizationId: string;
            owner: components["schemas"]["OwnerView"];
            /** @description What lists show of the newest secret. */
            prefix: string;
            rateLimit: components["schemas"]["RateLimitDto"] | null;
            /** Format: date-time */
            revokedAt: string | null;
            revokedBy: string | null;
            revokeReason: string | null;
            /**
             * Format: date-time
             * @description 90 days after the newest secret was made
             */
            rotationDueAt: string;
            scopes: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired" | "disabled";
        };
        KeptLineListView: {
            data: components["schemas"]["KeptLineView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        KeptLineView: {
            /** Format: date-time */
            at: string;
            detail: string | null;
            externalId: string;
            keyId: string | null;
            /** @enum {string} */
            outcome: "accepted" | "refused";
            reason: string | null;
        };
        KeyImpactView: {
            /** @description From where, the busiest first, at most 20. Who had it verified is not among them. */
            addresses: components["schemas"]["AddressUseView"][];
            /** @description `false` where `addresses` leave calls out: those beyond the newest 2,500, and those that are not kept any more. */
            complete: boolean;
            keyId: string;
            /** @description In the last 24 hours, likewise. */
            lastDay: number;
            /**
             * @description Calls that succeeded in the last hour, and verifications that did since the beginning of the hour before this one. Calls of a key that
             *     made more than 10,000 in what is left of that hour are counted from its beginning, too.
             */
            lastHour: number;
            /** @description In the last 30 days, likewise. */
            lastMonth: number;
            /**
             * Format: date-time
             * @description However long ago: the newest call, or verification, of all that are counted.
             */
            lastSuccessAt: string | null;
            /** @description What was called with the key in the month, the most called first, at most 20. */
            routes: components["schemas"]["RouteUseView"][];
            /** @enum {string} */
            status: "active" | "revoked" | "expired" | "disabled";
            /** @description In the month, by services that would be told that the key is revoked. */
            verifications: components["schemas"]["VerificationUseView"];
        };
        KeyImportListView: {
            data: components["schemas"]["KeyImportView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        KeyImportReportView: {
            accepted: number;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            id: string;
            name: string;
            refused: number;
            /** @description How many lines were refused for each reason, and not accepted since. */
            refusedBy: {
                [key: string]: number;
            };
            /** @description How many of the imported keys have been used since. */
            seen: number;
            /** @description How many still have a slow digest, which their first use replaces. */
            slowDigests: number;
        };
        KeyImportView: {
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            id: string;
            name: string;
        };
        KeyListView: {
            data: components["schemas"]["KeyView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        KeyPatchView: {
            allowedEndpoints?: components["schemas"]["AllowedEndpointDto"][];
            allowedIps?: string[];
            allowedReferrers?: string[];
            /** Format: date-time */
            expiresAt?: string | null;
            scopes?: string[];
        };
        KeyUsageView: {
            /** @description From where it was called, the busiest first, at most 100. Who had it verified is not among them. */
            addresses: components["schemas"]["AddressUseView"][];
            /** @description Those that were made with the key, and `verifications`. `succeeded`, `errors` and `denied` add up to it. */
            calls: number;
            /**
             * @description `false` where `addresses` leave calls out: those before `oldestAt`, because only the newest 2,500 are read and the log keeps calls
             *     for so long. Everything else is about all calls.
             */
            complete: boolean;
            /** @description Answered with 401, 403 or 429; of verifications, told that the key is not valid. */
            denied: number;
            /** @description Answered with 4xx or 5xx, but for the denied ones. */
            errors: number;
            /**
             * Format: date-time
             * @description The beginning of an hour. Every call since then is counted.
             */
            from: string;
            keyId: string;
            /** Format: date-time */
            lastCallAt: string | null;
            /**
             * Format: date-time
             * @description The oldest call that `addresses` tell of.
             */
            oldestAt: string | null;
            replay: components["schemas"]["ReplayView"];
            /** @description What was called with the key, the most called first, at most 100. */
            routes: components["schemas"]["RouteUseView"][];
            scopes: components["schemas"]["ScopeUseView"];
            /** @description Answered with less than 400; of verifications, told that the key is valid. */
            succeeded: number;
            /** Format: date-time */
            to: string;
            verifications: components["schemas"]["VerificationUseView"];
        };
        KeyView: {
            allowedEndpoints: components["schemas"]["AllowedEndpointDto"][];
            allowedIps: string[];
            allowedReferrers: string[];
            /** Format: date-time */
            createdAt: string;
            /** @description `usr_…`, or `key_…` for a key that was made with a key. */
            createdBy: string;
            credentials: components["schemas"]["CredentialView"][];
            description: string | null;
            /** @enum {string} */
            environment: "live" | "test";
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            /**
             * Format: date-time
             * @description When it was last sent with a call, or last verified.
             */
            lastUsedAt: string | null;
            /** @description From where that was; of a verification, the address of the service that asked. */
            lastUsedIp: string | null;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /** @enum {string} */
            onOwnerRemoved: "revoke" | "transfer";
            organizationId: string;
            owner: components["schemas"]["OwnerView"];
            /** @description What lists show of the newest secret. */
            prefix: string;
            rateLimit: components["schemas"]["RateLimitDto"] | null;
            /** Format: date-time */
            revokedAt: string | null;
            revokedBy: string | null;
            revokeReason: string | null;
            /**
             * Format: date-time
             * @description 90 days after the newest secret was made
             */
            rotationDueAt: string;
            scopes: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired" | "disabled";
        };
        LoginDto: {
            /** Format: email */
            email: string;
            /** @description Where to sign in. Default: where you have been longest. */
            organizationId?: string;
            password: string;
            /**
             * @description `cookie` for pages, `bearer` for programs.
             * @default cookie
             * @enum {string}
             */
            transport: "cookie" | "bearer";
        };
        MemberKeyListView: {
            data: components["schemas"]["MemberKeyView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        MemberKeyView: {
            allowedEndpoints: components["schemas"]["AllowedEndpointDto"][];
            allowedIps: string[];
            allowedReferrers: string[];
            /** Format: date-time */
            createdAt: string;
            /** @description `usr_…`, or `key_…` for a key that was made with a key. */
            createdBy: string;
            credentials: components["schemas"]["CredentialView"][];
            description: string | null;
            /** @enum {string} */
            environment: "live" | "test";
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            /**
             * Format: date-time
             * @description When it was last sent with a call, or last verified.
             */
            lastUsedAt: string | null;
            /** @description From where that was; of a verification, the address of the service that asked. */
            lastUsedIp: string | null;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /** @enum {string} */
            onOwnerRemoved: "revoke" | "transfer";
            organizationId: string;
            owner: components["schemas"]["OwnerView"];
            /** @description What lists show of the newest secret. */
            prefix: string;
            rateLimit: components["schemas"]["RateLimitDto"] | null;
            /** Format: date-time */
            revokedAt: string | null;
            revokedBy: string | null;
            revokeReason: string | null;
            /**
             * Format: date-time
             * @description 90 days after the newest secret was made
             */
            rotationDueAt: string;
            scopes: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired" | "disabled";
            /**
             * @description What ties the person to the key: they own it, or did until the organization took it over; they created it, or gave it a new
             *     secret, and were shown that, by themselves or with a key of theirs.
             */
            why: ("owned" | "created" | "rotated")[];
        };
        MemberListView: {
            data: components["schemas"]["MemberView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        MemberView: {
            /**
             * Format: date-time
             * @description When the person joined.
             */
            createdAt: string;
            email: string;
            name: string;
            /** @description A built-in name or `rol_…`. */
            role: string;
            userId: string;
        };
        MessageContentView: {
            cc: string[];
            headerImageId: string | null;
            html: string | null;
            replyTo: string | null;
            subject: string | null;
            template: components["schemas"]["TemplateView"] | null;
            text: string | null;
        };
        MessageDetailView: {
            attempts: number;
            /** @enum {string} */
            channel: "email" | "sms" | "whatsapp";
            /** @description `null` for callers that may not send on this channel: they see how it went, not what it says. */
            content: components["schemas"]["MessageContentView"] | null;
            /** Format: date-time */
            createdAt: string;
            /** @enum {string} */
            environment: "live" | "test";
            id: string;
            /** @description What the provider last said against it. */
            lastError: string | null;
            /**
             * Format: date-time
             * @description While it is queued: when the next attempt is due.
             */
            nextAttemptAt: string | null;
            providerMessageId: string | null;
            /** Format: date-time */
            sentAt: string | null;
            /**
             * @description `outbox`: it was kept and did not leave, because it was sent with a test key or the channel has no provider.
             * @enum {string}
             */
            status: "sent" | "outbox" | "queued" | "sending" | "failed";
            /** @description Phone numbers or e-mail addresses. */
            to: string[];
        };
        MessageListView: {
            data: components["schemas"]["MessageView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        MessageView: {
            attempts: number;
            /** @enum {string} */
            channel: "email" | "sms" | "whatsapp";
            /** Format: date-time */
            createdAt: string;
            /** @enum {string} */
            environment: "live" | "test";
            id: string;
            /** @description What the provider last said against it. */
            lastError: string | null;
            /**
             * Format: date-time
             * @description While it is queued: when the next attempt is due.
             */
            nextAttemptAt: string | null;
            providerMessageId: string | null;
            /** Format: date-time */
            sentAt: string | null;
            /**
             * @description `outbox`: it was kept and did not leave, because it was sent with a test key or the channel has no provider.
             * @enum {string}
             */
            status: "sent" | "outbox" | "queued" | "sending" | "failed";
            /** @description Phone numbers or e-mail addresses. */
            to: string[];
        };
        OrganizationListView: {
            data: components["schemas"]["OrganizationSummaryView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        OrganizationRateLimitDto: {
            /** @description How many calls a window holds; also how many may come at once. */
            limit?: number;
            windowSeconds?: number;
        };
        OrganizationRateLimitView: {
            limit: number;
            windowSeconds: number;
        };
        OrganizationSummaryView: {
            /** Format: date-time */
            createdAt: string;
            id: string;
            name: string;
            /** @description The caller's own role there: a built-in name or `rol_…`; `null` for keys, and for an operator who is no member. */
            role: string | null;
            /** @enum {string} */
            status: "active" | "suspended";
        };
        OrganizationView: {
            callLogRetentionDays: number | null;
            /** Format: date-time */
            createdAt: string;
            defaultRateLimit: components["schemas"]["OrganizationRateLimitView"] | null;
            id: string;
            keyAllowlistRequired: boolean;
            keyExpiryRequired: boolean;
            maxKeyLifetimeSeconds: number | null;
            name: string;
            rateLimit: components["schemas"]["OrganizationRateLimitView"] | null;
            /** @description The caller's own role there: a built-in name or `rol_…`; `null` for keys, and for an operator who is no member. */
            role: string | null;
            /** @enum {string} */
            status: "active" | "suspended";
            /** Format: date-time */
            suspendedAt: string | null;
            usageRetentionDays: number | null;
        };
        OtherUsageView: {
            calls: number;
            denied: number;
            errors: number;
            groups: number;
        };
        OwnerDto: {
            id: string;
            /** @enum {string} */
            type: "user" | "service_account" | "organization";
        };
        OwnerView: {
            id: string;
            /** @enum {string} */
            type: "user" | "service_account" | "organization";
        };
        /** @description Why the request was refused. Programs match `code`; `message` is for people. */
        Problem: {
            /** @description With `requiredScopes`: one of them is enough. */
            anyOf?: boolean;
            /**
             * @description - `missing_credentials`: Missing or invalid Authorization header
             *     - `malformed_credentials`: Missing or invalid Authorization header
             *     - `invalid_api_key`: Invalid API key
             *     - `api_key_revoked`: API key has been revoked
             *     - `api_key_disabled`: API key is disabled
             *     - `api_key_expired`: API key has expired
             *     - `invalid_token`: Invalid access token
             *     - `token_expired`: Access token has expired
             *     - `owner_inactive`: The owner of this API key is no longer active
             *     - `login_failed`: Wrong e-mail address or password
             *     - `credential_conflict`: Two different credentials were sent
             *     - `ip_not_allowed`: Request IP is not in the API key whitelist
             *     - `referrer_not_allowed`: Request referrer is not allowed for this API key
             *     - `endpoint_not_allowed`: This endpoint is not allowed for this API key
             *     - `wrong_environment`: A test key cannot be used here
             *     - `organization_suspended`: This organization is suspended
             *     - `insufficient_scope`: Insufficient scope
             *     - `scope_exceeds_grantor`: You cannot grant a scope that you do not hold
             *     - `csrf_rejected`: Cross-site request refused
             *     - `forbidden`: You may not do this
             *     - `not_found`: Not found
             *     - `conflict`: It already exists
             *     - `rotation_conflict`: The API key was rotated a moment ago
             *     - `idempotency_in_flight`: A request with this Idempotency-Key is still running
             *     - `idempotency_conflict`: This Idempotency-Key was used with another request
             *     - `precondition_failed`: The resource has changed
             *     - `validation_failed`: Validation failed
             *     - `malformed_json`: Body is not valid JSON
             *     - `bad_request`: Bad request
             *     - `unknown_scope`: Unknown scope
             *     - `token_used_or_expired`: This link has been used or has expired
             *     - `payload_too_large`: Payload too large
             *     - `unsupported_media_type`: Unsupported media type
             *     - `rate_limited`: Too many requests
             *     - `internal_error`: Internal error
             *     - `unavailable`: Service temporarily unavailable
             * @enum {string}
             */
            code: "missing_credentials" | "malformed_credentials" | "invalid_api_key" | "api_key_revoked" | "api_key_disabled" | "api_key_expired" | "invalid_token" | "token_expired" | "owner_inactive" | "login_failed" | "credential_conflict" | "ip_not_allowed" | "referrer_not_allowed" | "endpoint_not_allowed" | "wrong_environment" | "organization_suspended" | "insufficient_scope" | "scope_exceeds_grantor" | "csrf_rejected" | "forbidden" | "not_found" | "conflict" | "rotation_conflict" | "idempotency_in_flight" | "idempotency_conflict" | "precondition_failed" | "validation_failed" | "malformed_json" | "bad_request" | "unknown_scope" | "token_used_or_expired" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "internal_error" | "unavailable";
            /** @description What to do about it. */
            detail: string;
            /** @description Of `unknown_scope`: the nearest known scope of each. */
            didYouMean?: {
                [key: string]: string;
            };
            /** @description Of `validation_failed`: each field that is wrong, by its JSON pointer. */
            errors?: {
                message: string;
                pointer: string;
            }[];
            message: string;
            /** @description The `X-Request-Id` of the answer, and the id of the call in the log. */
            requestId: string | null;
            /** @description Of `insufficient_scope`: what the route asks for. */
            requiredScopes?: string[];
            /** @description Of `unknown_scope` and `scope_exceeds_grantor`: the scopes at fault. */
            scopes?: string[];
            /** @enum {integer} */
            status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503;
            title: string;
            /**
             * Format: uri-reference
             * @example /docs/errors#insufficient_scope
             */
            type: string;
        };
        RateLimitDto: {
            /** @description How many calls a window holds; also how many may come at once. */
            limit: number;
            windowSeconds: number;
        };
        RefreshDto: {
            /** @description Of a session that was begun with `bearer`. Left out, the cookie is read. */
            refreshToken?: string;
        };
        ReplayView: {
            /** @description The calls of its own that were let in. */
            calls: number;
            /** @description Those that `sufficient` would have turned away: none. */
            denied: number;
        };
        ReplicaListView: {
            /**
             * @description How replicas agree: all by one database, or there is one process only.
             * @enum {string}
             */
            coordination: "database" | "process";
            data: components["schemas"]["ReplicaView"][];
            /**
             * @description Of Redis, as this replica sees it. `none`: there is no `REDIS_URL`.
             * @enum {string}
             */
            redis: "none" | "connected" | "away";
        };
        ReplicaView: {
            /** @description How many changes it has not heard of yet. */
            changesBehind: number;
            /** @description The one that answers. */
            current: boolean;
            /** @description Of one start of the process. */
            id: string;
            /** @description `REPLICA_ID`, or the name of its host. */
            name: string;
            /**
             * Format: date-time
             * @description When it last renewed its lease; `null` for a process that has its database for itself.
             */
            renewedAt: string | null;
            /** Format: date-time */
            startedAt: string;
            /**
             * @description `live`: it renews its lease, and changes wait for it. `gone`: it has stopped doing so and decides nothing from memory.
             * @enum {string}
             */
            state: "live" | "gone";
        };
        ResetPasswordDto: {
            /** @description The new one. */
            password: string;
            /** @description Of the link that was mailed. */
            token: string;
        };
        RetentionView: {
            callLogDays: number;
            /**
             * Format: date-time
             * @description `null` also while it is under way.
             */
            lastFinishedAt: string | null;
            /** Format: date-time */
            lastStartedAt: string | null;
            /** @description Of all organizations, by the last run. */
            removedCalls: number;
            removedUsage: number;
            /** @description Of usage by the hour and the day. */
            usageDays: number;
        };
        RevokedMemberKeysView: {
            data: components["schemas"]["RevokedMemberKeyView"][];
        };
        RevokedMemberKeyView: {
            /** @description Why it was refused, as in `/docs/errors`. */
            code: string | null;
            keyId: string;
            message: string | null;
            /** @description `null` where the person has no such key. */
            name: string | null;
            /** @enum {string} */
            outcome: "refused" | "revoked";
        };
        RevokeKeyDto: {
            reason?: string;
        };
        RevokeMemberKeysDto: {
            /** @description Which of the person's keys. Default: all of them. */
            keyIds?: string[];
            reason?: string;
        };
        RoleListView: {
            data: components["schemas"]["RoleView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        RoleView: {
            /** @description Built-in roles cannot be changed. */
            builtIn: boolean;
            /**
             * Format: date-time
             * @description `null` for built-in roles.
             */
            createdAt: string | null;
            description: string;
            /** @description `rol_…`, or the name of a built-in role. */
            id: string;
            name: string;
            scopes: string[];
        };
        RotatedKeyView: {
            allowedEndpoints: components["schemas"]["AllowedEndpointDto"][];
            allowedIps: string[];
            allowedReferrers: string[];
            /** Format: date-time */
            createdAt: string;
            /** @description `usr_…`, or `key_…` for a key that was made with a key. */
            createdBy: string;
            credentials: components["schemas"]["CredentialView"][];
            description: string | null;
            /** @description How long after it was stored that was so. Calls that begin after this answer are decided by it everywhere. */
            effectiveAfterMs?: number;
            /** @description How many replicas go by the change: all that answer from memory. */
            effectiveOnReplicas?: number;
            /** @enum {string} */
            environment: "live" | "test";
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            /** @description The whole secret. */
            key: string;
            /**
             * Format: date-time
             * @description When it was last sent with a call, or last verified.
             */
            lastUsedAt: string | null;
            /** @description From where that was; of a verification, the address of the service that asked. */
            lastUsedIp: string | null;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /** @enum {string} */
            onOwnerRemoved: "revoke" | "transfer";
            organizationId: string;
            owner: components["schemas"]["OwnerView"];
            /** @description What lists show of the newest secret. */
            prefix: string;
            rateLimit: components["schemas"]["RateLimitDto"] | null;
            /** Format: date-time */
            revokedAt: string | null;
            revokedBy: string | null;
            revokeReason: string | null;
            /**
             * Format: date-time
             * @description 90 days after the newest secret was made
             */
            rotationDueAt: string;
            scopes: string[];
            /** @enum {string} */
            status: "active" | "revoked" | "expired" | "disabled";
        };
        RotatedMemberKeysView: {
            data: components["schemas"]["RotatedMemberKeyView"][];
        };
        RotatedMemberKeyView: {
            /** @description Why it was refused, as in `/docs/errors`. */
            code: string | null;
            /** @description The whole new secret. It stands in this answer only. */
            key: string | null;
            keyId: string;
            message: string | null;
            /** @description `null` where the person has no such key. */
            name: string | null;
            /** @enum {string} */
            outcome: "refused" | "rotated";
            /** @description What lists show of the new secret. */
            prefix: string | null;
        };
        RotateKeyDto: {
            /** Format: date-time */
            expiresAt?: string | null;
            /** @description How long the old secret works on. 0, the default, ends it at once; at most 30 days. */
            overlapSeconds?: number;
            reason?: string;
            scopes?: string[];
        };
        RotateMemberKeysDto: {
            /** @description Which of the person's keys. Default: all that have not expired. */
            keyIds?: string[];
            /** @description How long the old secrets work on. 0, the default, ends them at once; at most 30 days. */
            overlapSeconds?: number;
            reason?: string;
        };
        RouteUseView: {
            calls: number;
            /** @description Of those, answered with 401, 403 or 429. */
            denied: number;
            /** Format: date-time */
            lastAt: string;
            method: string;
            /** @description `null` for paths that do not exist. */
            route: string | null;
        };
        ScopeEndpointView: {
            method: string;
            path: string;
        };
        ScopeListView: {
            data: components["schemas"]["ScopeView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        ScopeUseView: {
            /**
             * @description Why everything that the key holds counts as needed. `verifications`: others had it verified, and which scopes they asked about is
             *     not kept. `grants`: it made or changed keys, roles or members, for which it must hold what they may do. Empty: nothing of that.
             */
            allNeededFor: ("verifications" | "grants")[];
            /** @description What the key holds. */
            granted: string[];
            /** @description The smaller set that would have let in every call that was let in; everything that the key holds where `allNeededFor` says why. */
            sufficient: string[];
            /** @description Of what the key holds, what nothing needed as far as can be told: none where `allNeededFor` says why. */
            unused: string[];
            /** @description What the calls needed that were let in. */
            used: components["schemas"]["UsedScopeView"][];
        };
        ScopeView: {
            description: string;
            endpoints: components["schemas"]["ScopeEndpointView"][];
            /** @description Whether an API key may hold it. */
            grantableToKeys: boolean;
            name: string;
        };
        SearchKeyDto: {
            /** @description A whole key as it was found somewhere, or what lists show of one. It is digested at once and kept nowhere. */
            key: string;
        };
        SendEmailDto: {
            cc?: string[];
            /** @description At least one of `text` and `html`. Up to 500,000 bytes. */
            html?: string;
            replyTo?: string;
            subject: string;
            /** @description At least one of `text` and `html`. Up to 500,000 bytes. */
            text?: string;
            /** @description Plain addresses; with `cc` at most 100. */
            to: string[];
        };
        SendSmsDto: {
            /** @description Up to 1,600 characters: ten segments. */
            text: string;
            /** @description E.164, `+4915112345678`. */
            to: string;
        };
        SendWhatsappDto: {
            /** @description From `POST /whatsapp/upload-header-image`. */
            headerImageId?: string;
            /** @description Either this or `text`. */
            template?: components["schemas"]["WhatsappTemplateDto"];
            /** @description Either this or `template`. Up to 4,096 characters; 1,024 under a header image. */
            text?: string;
            /** @description E.164, `+4915112345678`. */
            to: string;
        };
        ServiceAccountListView: {
            data: components["schemas"]["ServiceAccountView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        ServiceAccountView: {
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            description: string;
            disabled: boolean;
            /** Format: date-time */
            disabledAt: string | null;
            id: string;
            name: string;
            role: string;
        };
        SessionListView: {
            data: components["schemas"]["SessionView"][];
            hasMore: boolean;
            nextCursor: string | null;
        };
        SessionView: {
            /** Format: date-time */
            createdAt: string;
            /** @description Whether it is the session that asks. */
            current: boolean;
            /** Format: date-time */
            expiresAt: string;
            id: string;
            /** @description Of the sign-in. */
            ip: string;
            /**
             * Format: date-time
             * @description When it was last refreshed, or began.
             */
            lastUsedAt: string;
            organizationId: string;
            userAgent: string | null;
        };
        SetupDto: {
            /** Format: email */
            email: string;
            /** @description Yours. */
            name: string;
            organizationName: string;
            password: string;
            /** @description Of the link that was printed at the start. */
            token: string;
            /**
             * @default cookie
             * @enum {string}
             */
            transport: "cookie" | "bearer";
        };
        SignedInUserView: {
            email: string;
            id: string;
            name: string;
            /** @description Whether this person runs the installation. */
            operator: boolean;
        };
        SignedInView: {
            /** @description Seconds until the access token has to be refreshed. */
            expiresIn: number;
            organizationId: string;
            user: components["schemas"]["SignedInUserView"];
        };
        SwitchOrganizationDto: {
            organizationId: string;
            /**
             * @description `cookie` moves this browser's session, `bearer` begins another one.
             * @default cookie
             * @enum {string}
             */
            transport: "cookie" | "bearer";
        };
        TemplateView: {
            language: string;
            name: string;
            parameters: string[];
        };
        TestWhatsappDto: {
            /** @description E.164, `+4915112345678`. */
            to: string;
        };
        TokenView: {
            accessToken: string;
            /** @description Seconds until the access token has to be refreshed. */
            expiresIn: number;
            /** @description Good once: each refresh returns its successor. */
            refreshToken: string;
            /** @enum {string} */
            tokenType: "Bearer";
        };
        TopUsageGroupView: {
            calls: number;
            /** @description Answered with 401, 403 or 429. */
            denied: number;
            /** @description Answered with 4xx or 5xx, but for the denied ones. */
            errors: number;
            /** @description The key's id, the route, the status or the code; `null` for calls without. */
            group: string | null;
            p50Ms: number;
            p95Ms: number;
            p99Ms: number;
        };
        TopUsageView: {
            /**
             * Format: date-time
             * @description Every call that was answered before this time is counted.
             */
            completeUntil: string;
            data: components["schemas"]["TopUsageGroupView"][];
            /** Format: date-time */
            from: string;
            others: components["schemas"]["OtherUsageView"];
            /** Format: date-time */
            to: string;
        };
        UpdateKeyDto: {
            allowedEndpoints?: components["schemas"]["AllowedEndpointDto"][] | null;
            /** @description Addresses and CIDR blocks, IPv4 and IPv6. Empty means any address. */
            allowedIps?: string[] | null;
            /** @description Origins, optionally with `*.` before the host and a path after it. */
            allowedReferrers?: string[] | null;
            description?: string | null;
            /** Format: date-time */
            expiresAt?: string | null;
            /** @description A flat map of texts, up to 4 KiB. */
            metadata?: {
                [key: string]: string;
            } | null;
            name?: string;
            /** @enum {string} */
            onOwnerRemoved?: "revoke" | "transfer";
            rateLimit?: components["schemas"]["RateLimitDto"] | null;
            scopes?: string[];
        };
        UpdateMemberDto: {
            /** @description A built-in role or `rol_…`, none that can do more than you. */
            role: string;
        };
        UpdateOrganizationDto: {
            /** @description How long calls are kept; `null` for as long as the installation keeps them. */
            callLogRetentionDays?: number | null;
            /** @description For new keys without a limit of their own; `null` for none. */
            defaultRateLimit?: components["schemas"]["OrganizationRateLimitDto"] | null;
            /** @description Whether every new key has to have an IP allowlist. */
            keyAllowlistRequired?: boolean;
            /** @description Whether every new key has to expire. */
            keyExpiryRequired?: boolean;
            /** @description No key may live longer; `null` for no bound. */
            maxKeyLifetimeSeconds?: number | null;
            name?: string;
            /** @description For all keys of the organization together, each of which may have a limit of its own besides; `null` for none. */
            rateLimit?: components["schemas"]["OrganizationRateLimitDto"] | null;
            /**
             * @description For the operator of the installation only. A suspended organization's people and keys are refused.
             * @enum {string}
             */
            status?: "active" | "suspended";
            /** @description How long usage is kept; `null` for as long as the installation keeps it. */
            usageRetentionDays?: number | null;
        };
        UpdateRoleDto: {
            description?: string;
            name?: string;
            scopes?: string[];
        };
        UpdateServiceAccountDto: {
            description?: string;
            /** @description The keys of a disabled account are refused until it is enabled again. */
            disabled?: boolean;
            name?: string;
            role?: string;
        };
        UpdateUserDto: {
            name?: string;
        };
        UsageBucketView: {
            /**
             * Format: date-time
             * @description When it begins. A text, because thousands begin at the same time: putting dates into words took as long as everything else.
             */
            at: string;
            calls: number;
            /** @description Answered with 401, 403 or 429. */
            denied: number;
            /** @description Answered with 4xx or 5xx, but for the denied ones. */
            errors: number;
            /** @description With `groupBy`: the key's id, the route, the status or the code; `null` for calls without. */
            group?: string | null;
            p50Ms: number;
            p95Ms: number;
            p99Ms: number;
        };
        UsageView: {
            /**
             * Format: date-time
             * @description Every call that was answered before this time is counted.
             */
            completeUntil: string;
            data: components["schemas"]["UsageBucketView"][];
            /** Format: date-time */
            from: string;
            /** @enum {string} */
            interval: "hour" | "minute" | "day";
            timeZone: string;
            /** Format: date-time */
            to: string;
        };
        UsedScopeView: {
            calls: number;
            /** Format: date-time */
            lastAt: string;
            scope: string;
        };
        UserView: {
            /** Format: date-time */
            createdAt: string;
            email: string;
            id: string;
            name: string;
            /** @description Whether this person runs the installation. */
            operator: boolean;
        };
        VerificationUseView: {
            calls: number;
            /** @description Of those, told that the key is not valid. */
            denied: number;
            /** Format: date-time */
            lastAt: string | null;
        };
        VerificationView: {
            /** @description `valid`, or why not: the codes of `/docs/errors`. */
            code: string;
            /** @enum {string|null} */
            environment: "live" | "test" | null;
            /** Format: date-time */
            expiresAt: string | null;
            keyId: string | null;
            message: string | null;
            metadata: {
                [key: string]: string;
            };
            name: string | null;
            organizationId: string | null;
            owner: components["schemas"]["OwnerView"] | null;
            /** @description What the key may do now. */
            scopes: string[];
            valid: boolean;
        };
        VerifiedRequestDto: {
            ip?: string;
            /** @enum {string} */
            method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";
            path?: string;
            referrer?: string;
        };
        VerifyKeyDto: {
            /** @description The whole key, as it was presented to you. */
            key: string;
            /** @description The call that the key was presented for, checked exactly as this service would check its own: what it leaves out counts as not sent. */
            request?: components["schemas"]["VerifiedRequestDto"];
            /** @description Scopes that the key has to hold, all of them. */
            scopes?: string[];
        };
        WhatsappTemplateDto: {
            /** @description `en`, `pt_BR`. */
            language: string;
            /** @description As it was approved by the provider. */
            name: string;
            /** @description What stands for the placeholders of the template's body, in order. */
            parameters?: string[];
        };
        WhoamiView: {
            /** @enum {string} */
            environment: "live" | "test";
            /** Format: date-time */
            expiresAt: string | null;
            /** @description `usr_…` or `key_…`. */
            id: string;
            /** @description The address that this call comes from, as allowlists and the log see it; empty where a proxy's chain of addresses cannot be read. */
            ip: string;
            organizationId: string;
            /** @description Names and wildcards; of a key, as far as its owner holds them now. */
            scopes: string[];
            /** @enum {string} */
            type: "user" | "api_key";
            /** @description The person behind the call; `null` for keys of service accounts and organizations. */
            userId: string | null;
        };
    };
    responses: {
        /** @description Bad Request: `credential_conflict`, `validation_failed`, `malformed_json`, `bad_request`, `token_used_or_expired` */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized: `missing_credentials`, `malformed_credentials`, `invalid_api_key`, `api_key_revoked`, `api_key_disabled`, `api_key_expired`, `invalid_token`, `token_expired`, `owner_inactive`, `login_failed` */
        Problem401: {
            headers: {
                /** @description RFC 6750 §3 */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: `ip_not_allowed`, `referrer_not_allowed`, `endpoint_not_allowed`, `wrong_environment`, `organization_suspended`, `insufficient_scope`, `scope_exceeds_grantor`, `csrf_rejected`, `forbidden` */
        Problem403: {
            headers: {
                /** @description RFC 6750 §3 */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found: `not_found` */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict: `conflict`, `rotation_conflict`, `idempotency_in_flight` */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Precondition Failed: `precondition_failed` */
        Problem412: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Payload Too Large: `payload_too_large` */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported Media Type: `unsupported_media_type` */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity: `idempotency_conflict`, `unknown_scope` */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests: `rate_limited` */
        Problem429: {
            headers: {
                /** @description Whole seconds */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Internal Server Error: `internal_error` */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable: `unavailable` */
        Problem503: {
            headers: {
                /** @description Whole seconds */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAuditKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditKeysView"];
                };
            };
            503: components["responses"]["Problem503"];
        };
    };
    sendEmail: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendEmailDto"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessageView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            503: components["responses"]["Problem503"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            503: components["responses"]["Problem503"];
        };
    };
    listMessages: {
        parameters: {
            query?: {
                channel?: "sms" | "whatsapp" | "email";
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
                status?: "queued" | "sending" | "sent" | "failed" | "outbox";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                messageId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageDetailView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    resendMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                messageId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessageView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/openmetrics-text": string;
                };
            };
            503: components["responses"]["Problem503"];
        };
    };
    sendSms: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendSmsDto"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessageView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listApiKeyImports: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyImportListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    createApiKeyImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateKeyImportDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyImportReportView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getApiKeyImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyImportReportView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    linesApiKeyImport: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
                outcome?: "accepted" | "refused";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptLineListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    addApiKeyImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedLinesView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                environment?: "live" | "test";
                expiresBefore?: string;
                /** @description Ids of up to 100 keys, separated by commas: only these. */
                id?: string;
                /** @description Keys not used since, those never used among them where they are older. */
                lastUsedBefore?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
                /** @description An owner's id, or `me`. */
                owner?: string;
                /** @description Part of the name, or the beginning of a prefix. Literal: `%` and `_` stand for themselves. */
                q?: string;
                /** @description Keys that hold this scope, by name or by a wildcard. */
                scope?: string;
                status?: "active" | "disabled" | "expired" | "revoked";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateKeyDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedKeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    removeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedKeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    updateApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateKeyDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    retireApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                prefix: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedKeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    disableApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedKeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    enableApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    explainApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExplainCallDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExplanationView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    showApiKeyImpact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyImpactView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevokeKeyDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedKeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    rotateApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateKeyDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedKeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    showApiKeyUsage: {
        parameters: {
            query?: {
                /** @description How far to look back. */
                days?: 30 | 90;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyUsageView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getCurrentApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    revokeCurrentApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevokeKeyDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedKeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    searchApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchKeyDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundKeyView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    verifyApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyKeyDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /** @description An action such as `api_key.created`, or its beginning, followed by `*`. */
                action?: string;
                actorId?: string;
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description Not before this time. */
                from?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
                targetId?: string;
                /** @description Before this time. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuditEvent: {
        parameters: {
            query?: {
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    erasePersonal: {
        parameters: {
            query?: {
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listAuditCheckpoints: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
                /** @description `installation`: of the chain of what belongs to no organization. For the operator only. */
                scope?: "organization" | "installation";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckpointListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    signAuditChain: {
        parameters: {
            query?: {
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
            };
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckpointView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    exportAuditEvents: {
        parameters: {
            query?: {
                /** @description An action such as `api_key.created`, or its beginning, followed by `*`. */
                action?: string;
                actorId?: string;
                /** @description `ndjson` (one JSON object a line, what `keystile audit verify` reads) or `csv` (RFC 4180, with a line of names). */
                format?: "csv" | "ndjson";
                /** @description Not before this time. */
                from?: string;
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
                targetId?: string;
                /** @description Before this time. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    verifyAuditEvent: {
        parameters: {
            query?: {
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChainVerificationView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    forgotPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForgotPasswordDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmptyView"];
                };
            };
            400: components["responses"]["Problem400"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"] | components["schemas"]["TokenView"];
                };
            };
            400: components["responses"]["Problem400"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"] | components["schemas"]["TokenView"];
                };
            };
            400: components["responses"]["Problem400"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPasswordDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmptyView"];
                };
            };
            400: components["responses"]["Problem400"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    switchOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SwitchOrganizationDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"] | components["schemas"]["TokenView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listCallLogs: {
        parameters: {
            query?: {
                /** @description The `code` of the problem that was answered; of a verification, why the key that was asked about is not valid. */
                code?: string;
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                environment?: "live" | "test";
                /** @description Not before this time. */
                from?: string;
                ip?: string;
                /** @description Calls that were made with this key. Reports of usage count its verifications, too: those are listed by `subjectKeyId`. */
                keyId?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
                method?: string;
                /** @description Calls that took at least this long. */
                minLatencyMs?: number;
                /** @description The path without query, exactly; or its beginning, followed by `*`. */
                path?: string;
                /** @description Whoever called: `usr_…` or `key_…`. */
                principalId?: string;
                requestId?: string;
                /** @description The pattern that matched, such as `/v1/api-keys/:id`. */
                route?: string;
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
                status?: number;
                statusClass?: "1xx" | "2xx" | "3xx" | "4xx" | "5xx";
                /** @description Verifications of this key: calls of `POST /v1/api-keys/verify` that asked about it, whoever made them. */
                subjectKeyId?: string;
                /** @description Before this time. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallLogListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getCallLog: {
        parameters: {
            query?: {
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
            };
            header?: never;
            path: {
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallLogView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    explainCallLog: {
        parameters: {
            query?: {
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
            };
            header?: never;
            path: {
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallExplanationView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    showCallLog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompletenessView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    exportCallLogs: {
        parameters: {
            query?: {
                /** @description The `code` of the problem that was answered; of a verification, why the key that was asked about is not valid. */
                code?: string;
                environment?: "live" | "test";
                /** @description `csv` (RFC 4180, with a line of names) or `ndjson` (one JSON object a line). */
                format?: "csv" | "ndjson";
                /** @description Not before this time. */
                from?: string;
                ip?: string;
                /** @description Calls that were made with this key. Reports of usage count its verifications, too: those are listed by `subjectKeyId`. */
                keyId?: string;
                method?: string;
                /** @description Calls that took at least this long. */
                minLatencyMs?: number;
                /** @description The path without query, exactly; or its beginning, followed by `*`. */
                path?: string;
                /** @description Whoever called: `usr_…` or `key_…`. */
                principalId?: string;
                requestId?: string;
                /** @description The pattern that matched, such as `/v1/api-keys/:id`. */
                route?: string;
                /** @description `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
                scope?: "organization" | "installation";
                status?: number;
                statusClass?: "1xx" | "2xx" | "3xx" | "4xx" | "5xx";
                /** @description Verifications of this key: calls of `POST /v1/api-keys/verify` that asked about it, whoever made them. */
                subjectKeyId?: string;
                /** @description Before this time. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    showRetention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listInvitations: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    createInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateInvitationDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInvitationView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    revokeInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitationDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"] | components["schemas"]["TokenView"];
                };
            };
            400: components["responses"]["Problem400"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listMembers: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    updateMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateMemberDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listMemberKeys: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
            };
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberKeyListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    revokeMemberKeys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevokeMemberKeysDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokedMemberKeysView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    rotateMemberKeys: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateMemberKeysDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedMemberKeysView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listOrganizations: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    createOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateOrganizationDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    updateOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateOrganizationDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listReplicas: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplicaListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listRoles: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    createRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRoleDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    updateRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRoleDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listScopes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScopeListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listServiceAccounts: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccountListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    createServiceAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateServiceAccountDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccountView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccountView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteServiceAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    updateServiceAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateServiceAccountDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccountView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    setUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupDto"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"] | components["schemas"]["TokenView"];
                };
            };
            400: components["responses"]["Problem400"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description Not before this time. Default: a day before `to`, from the beginning of that quarter of an hour. Whole quarters are answered soonest. */
                from?: string;
                /** @description One bucket for each key, route, status or code, instead of one for all calls. */
                groupBy?: "key" | "route" | "status" | "code";
                /** @description How long a bucket is. Minutes only for up to six hours. */
                interval?: "minute" | "hour" | "day";
                /**
                 * @description Ids of up to 100 keys, separated by commas: only their calls are counted, together or, with `groupBy=key`, apart. A verification is
                 *     counted for the key that was asked about and not for the one that asked, so the call log lists others by `keyId`.
                 */
                keyId?: string;
                /** @description An IANA time zone such as `Europe/Berlin`, in which hours and days begin. Days need one; hours are of UTC without. */
                timeZone?: string;
                /** @description Before this time, at most 31 days after `from`. Default: now. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getTopUsage: {
        parameters: {
            query: {
                /** @description Not before this time. Default: a day before `to`, from the beginning of that quarter of an hour. Whole quarters are answered soonest. */
                from?: string;
                /** @description What the calls are counted by. */
                groupBy: "key" | "route" | "status" | "code";
                /** @description How many of the groups are told, those with most calls. */
                limit?: number;
                /** @description Before this time, at most 31 days after `from`. Default: now. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUsageView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getCurrentUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteCurrentUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeleteAccountDto"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    updateCurrentUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change depends on; 412 where the resource has moved on. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateUserDto"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordDto"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
                cursor?: string;
                /** @description How many to return, 1 to 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionListView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoamiView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    sendWhatsapp: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendWhatsappDto"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessageView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    testWhatsapp: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestWhatsappDto"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessageView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    uploadHeaderImage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeaderImageView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
}
