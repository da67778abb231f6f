-- How healthy Argo CD takes an Application for that another Application deploys. Without this it waits for none of them
-- (argo-cd issue 3781), and every stage would be deployed at once.
local health = { status = "Progressing", message = "not compared yet" }
if obj.status == nil or obj.status.health == nil or obj.status.health.status == nil then
  return health
end
health.status = obj.status.health.status
health.message = obj.status.health.message
-- A type is degraded until the API server has established it, and a model until its files are there. One wave that is
-- degraded for a moment would end the deployment of all; this one waits, and what is wrong is seen at the stage itself.
if health.status == "Degraded" then
  health.status = "Progressing"
  health.message = "degraded; see the Application of the stage"
end
-- What is not deployed yet is healthy as long as nothing of it is there.
if obj.status.sync == nil or obj.status.sync.status ~= "Synced" then
  if health.status == "Healthy" then
    health.status = "Progressing"
    health.message = "not synced yet"
  end
end
return health
