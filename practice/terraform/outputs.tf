output "cluster" {
  value = aws_ecs_cluster.main.name
}

output "redis_security_group" {
  value = aws_security_group.redis.id
}

output "api_security_group" {
  value = aws_security_group.data_pipeline_ecs.id
}

output "target_group_arn" {
  value = aws_lb_target_group.api.arn
}

output "task_definition_arn" {
  value = aws_ecs_task_definition.api.arn
}
