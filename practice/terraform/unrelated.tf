# Somebody made this parameter by hand, so that creating it fails with ParameterAlreadyExists.
resource "aws_ssm_parameter" "feature_flags" {
  name  = "/hokusai/development/feature-flags"
  type  = "String"
  value = "{}"
}
