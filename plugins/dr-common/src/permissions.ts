import { RESOURCE_TYPE_CATALOG_ENTITY, catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import { createPermission } from '@backstage/plugin-permission-common';

/*
 * Every permission is about a catalog entity (the System, Component or Resource that the application is), so that the
 * catalog's own rules apply: `catalogConditions.isEntityOwner(...)` and all others. A policy only narrows: whatever it
 * says, `dr.authorization.requireOwnership` (default true) wants the caller to own the application as well.
 */
const resourceType = RESOURCE_TYPE_CATALOG_ENTITY;

/** See an application: its verdict, recovery points and operations. */
export const drApplicationReadPermission = createPermission({
  name: 'dr.application.read',
  attributes: { action: 'read' },
  resourceType,
});

/** Compute what a backup or a restore would do. Reads live objects of the application; writes nothing. */
export const drPlanCreatePermission = createPermission({
  name: 'dr.plan.create',
  attributes: { action: 'create' },
  resourceType,
});

/** Make a recovery point now. */
export const drBackupCreatePermission = createPermission({
  name: 'dr.backup.create',
  attributes: { action: 'create' },
  resourceType,
});

/** Restore an application or components of it. */
export const drRestoreCreatePermission = createPermission({
  name: 'dr.restore.create',
  attributes: { action: 'create' },
  resourceType,
});

/** Cancel, resume, undo or confirm an operation, whoever started it. */
export const drOperationUpdatePermission = createPermission({
  name: 'dr.operation.update',
  attributes: { action: 'update' },
  resourceType,
});

/** Agree to, or refuse, what another person has requested. Never one's own request, whatever a policy says. */
export const drOperationApprovePermission = createPermission({
  name: 'dr.operation.approve',
  attributes: { action: 'update' },
  resourceType,
});

/** See a DRPolicy: that of the catalog, which is about entities of every kind, and is registered there. */
export const drPolicyReadPermission = catalogEntityReadPermission;

/** All of ours, for policies and for the permission backend's list. */
export const drPermissions = [
  drApplicationReadPermission,
  drPlanCreatePermission,
  drBackupCreatePermission,
  drRestoreCreatePermission,
  drOperationUpdatePermission,
  drOperationApprovePermission,
];
