namespace S2nTls.Tests.Peers;

/// <summary>What the tests with programs rely on: failures that explain themselves, and nothing left behind.</summary>
public class PeerProgramTests
{
    [Fact]
    public void A_program_that_is_missing_is_a_failure_that_says_how_to_install_it()
    {
        var directory = new TempDirectory();
        var error = Assert.Throws<FileNotFoundException>(() => PeerProgram.Start("no-such-program", [], directory));
        Assert.Contains("no-such-program is not installed", error.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install -y no-such-program", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory.Path));
    }

    [Fact]
    public async Task A_failure_tells_what_the_program_said_and_kills_it()
    {
        var directory = new TempDirectory();
        await using (PeerProgram program = PeerProgram.Start("sh", ["-c", "echo complaint >&2; echo ready; exec sleep 100"], directory))
        {
            await HttpHead.ReadLineAsync(program.Output).WithDeadline();
            var error = await Assert.ThrowsAsync<PeerProgramException>(
                () => program.ExplainAsync(() => throw new InvalidDataException("wrong")));
            Assert.Contains("wrong", error.Message, StringComparison.Ordinal);
            Assert.Contains("was killed", error.Message, StringComparison.Ordinal);
            Assert.Contains("complaint", error.Message, StringComparison.Ordinal);
            Assert.True(program.HasExited);
        }

        Assert.False(Directory.Exists(directory.Path));
    }

    [Fact]
    public async Task A_program_that_still_runs_is_killed_with_its_children_when_it_is_disposed()
    {
        PeerProgram program = PeerProgram.Start("sh", ["-c", "sleep 100 & echo $!; wait"], new TempDirectory());
        string child = await HttpHead.ReadLineAsync(program.Output).WithDeadline();
        int id = program.Id;
        await program.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{id}"));
        for (int i = 0; IsRunning(child); i++)
        {
            Assert.True(i < 1000, "The child runs on.");
            await Task.Delay(10);
        }
    }

    [Fact]
    public async Task A_program_that_fails_is_not_a_success()
    {
        await using PeerProgram program = PeerProgram.Start("sh", ["-c", "exit 3"], new TempDirectory());
        var error = await Assert.ThrowsAsync<InvalidOperationException>(program.ExpectSuccessAsync);
        Assert.Contains("code 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_that_was_changed_has_not_crossed_and_the_failure_names_the_seed()
    {
        using var changed = new MemoryStream(new byte[100]);
        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => Crossing.CheckAsync(100, Stream.Null, () => Task.CompletedTask, changed));
        Assert.Matches("100 bytes of seed [0-9]+ did not cross", error.Message);
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_data()
    {
        using var first = new MemoryStream();
        Digest digest = await new RandomData(100_000, seed: 7).WriteToAsync(first);
        Assert.Equal(digest, await new RandomData(100_000, seed: 7).WriteToAsync(Stream.Null));
        Assert.NotEqual(digest, await new RandomData(100_000, seed: 8).WriteToAsync(Stream.Null));
        first.Position = 0;
        Assert.Equal(digest, await Digest.ReadAsync(first));
    }

    /// <summary>A killed grandchild stays a zombie for a moment, until its new parent collects it: that is not running.</summary>
    private static bool IsRunning(string id)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{id}/stat");
            return status[status.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
