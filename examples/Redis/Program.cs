using Examples;

return await CommandRunner.RunAsync(RedisCommand.Create(), args);
