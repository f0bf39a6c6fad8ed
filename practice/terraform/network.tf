resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "hokusai-development" }
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "us-east-1a"
}

resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.2.0/24"
  availability_zone = "us-east-1b"
}

# What the tasks ran with before the data pipeline moved in.
resource "aws_security_group" "ecs_legacy" {
  name        = "hokusai-ecs-legacy-development"
  description = "Legacy ECS tasks"
  vpc_id      = aws_vpc.main.id
}

# What the API's tasks run with today.
resource "aws_security_group" "data_pipeline_ecs" {
  name        = "hokusai-data-pipeline-ecs-development"
  description = "Data pipeline and API ECS tasks"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group" "redis" {
  name        = "hokusai-redis-development"
  description = "Redis"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group_rule" "redis_from_ecs_legacy" {
  type                     = "ingress"
  description              = "Redis from legacy ECS tasks"
  security_group_id        = aws_security_group.redis.id
  source_security_group_id = aws_security_group.ecs_legacy.id
  protocol                 = "tcp"
  from_port                = 6379
  to_port                  = 6379
}

# Written together with the new group, but never applied.
resource "aws_security_group_rule" "redis_from_data_pipeline_ecs" {
  type                     = "ingress"
  description              = "Redis from data pipeline ECS tasks"
  security_group_id        = aws_security_group.redis.id
  source_security_group_id = aws_security_group.data_pipeline_ecs.id
  protocol                 = "tcp"
  from_port                = 6379
  to_port                  = 6379
}
