import { userInfo } from './authentication.ts';
import type { User } from './authentication.ts';
import { attributesOf } from './authorization.ts';
import type { Authorizer } from './authorization.ts';
import { isRecord, recordAt, textAt, textsAt } from './json.ts';
import type { JsonRecord } from './json.ts';
import { badRequest } from './status.ts';

/** Answers the kinds that are questions: what is asked comes back with its `status`. Undefined for any other kind. */
export function answerReview(resource: string, body: JsonRecord, user: User, authorizer: Authorizer, now: string): JsonRecord | undefined {
  const spec = recordAt(body, 'spec');
  const about = (who: User): JsonRecord => ({ ...authorizer.allows(who, attributesOf(spec)) });
  switch (resource) {
    case 'selfsubjectreviews':
      return answer({ ...body, metadata: { ...recordAt(body, 'metadata'), creationTimestamp: now } }, { userInfo: userInfo(user) });
    case 'selfsubjectaccessreviews':
      return answer(body, about(user));
    case 'subjectaccessreviews':
      if (textAt(spec, 'user') === '' && textsAt(spec, 'groups').length === 0) throw badRequest('spec.user or spec.groups is required');
      return answer(body, about({ username: textAt(spec, 'user'), groups: textsAt(spec, 'groups') }));
    case 'selfsubjectrulesreviews':
      return answer(body, rulesFor(user, textAt(spec, 'namespace'), authorizer));
    default:
      return undefined;
  }
}

function answer(body: JsonRecord, status: JsonRecord): JsonRecord {
  return { ...body, metadata: recordAt(body, 'metadata'), status };
}

function rulesFor(user: User, namespace: string, authorizer: Authorizer): JsonRecord {
  const everything = [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ];
  const granted = authorizer.grants(user, namespace === '' ? undefined : namespace).flatMap((grant) => grant.rules);
  const rules = (user.groups.includes('system:masters') ? everything : granted).filter(isRecord);
  return {
    resourceRules: rules.filter((rule) => textsAt(rule, 'resources').length > 0),
    nonResourceRules: rules.filter((rule) => textsAt(rule, 'nonResourceURLs').length > 0),
    incomplete: false,
  };
}
