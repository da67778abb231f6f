-- How healthy Argo CD takes a SeldonDeployment for. It knows no such type, and would take any that is stored for healthy.
-- The operator writes status.state: Creating, Available or Failed (operator/apis/machinelearning.seldon.io/v1 of Seldon Core).
local health = { status = "Progressing", message = "the operator has not answered yet" }
if obj.status == nil or obj.status.state == nil or obj.status.state == "" then
  return health
end
health.message = obj.status.description
if obj.status.state == "Available" then
  health.status = "Healthy"
elseif obj.status.state == "Failed" then
  health.status = "Degraded"
end
return health
