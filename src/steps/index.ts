/** The step kinds that a runbook can use: `import { terraformPlan, updateService } from "runwright/steps"`. */
export { securityGroupIngress } from "./ec2-security-group-ingress.ts";
export { awaitDeployment } from "./ecs-await-deployment.ts";
export { describeTaskDefinition } from "./ecs-describe-task-definition.ts";
export { updateService } from "./ecs-update-service.ts";
export { targetHealth } from "./elbv2-target-health.ts";
export { httpProbe } from "./http-probe.ts";
export { humanConfirm } from "./human-confirm.ts";
export { humanDecide } from "./human-decide.ts";
export { humanInput } from "./human-input.ts";
export { logsSearch } from "./logs-search.ts";
export { notifyWebhook } from "./notify-webhook.ts";
export { terraformApply } from "./terraform-apply.ts";
export { terraformForceUnlock } from "./terraform-force-unlock.ts";
export { terraformInit } from "./terraform-init.ts";
export { terraformInspectLock } from "./terraform-inspect-lock.ts";
export { terraformPlan } from "./terraform-plan.ts";
export { terraformTaint } from "./terraform-taint.ts";
export { approvedPlan, arnOf, lockForReview, planForReview } from "./terraform/review.ts";
