using System.Text.Json;
using System.Xml.Linq;
using HybridAD.Graph;
using HybridAD.Planning.Costs;

namespace HybridAD.CliTests;

/// <summary>Plans: shown, saved, run again, refused where they do not belong.</summary>
public class PlanTests
{
    [Fact]
    public void JsonListsCandidatesAndBlocks()
    {
        var json = Tool.Run("plan", Tool.Pendulum, "--format", "json").AssertDone().Json;
        Assert.Equal(["inputs", "outputs", "nonzeros", "operations", "cost", "rules", "chosen", "reason", "candidates", "lowerBound", "elimination", "blocks", "planSeconds", "warnings"],
            json.EnumerateObject().Select(member => member.Name));
        Assert.Equal((62, 44, "time"), (json.GetProperty("inputs").GetInt32(), json.GetProperty("outputs").GetInt32(), json.GetProperty("cost").GetString()));
        Assert.Equal(["name", "predictedSeconds", "setupSeconds", "multiplications", "additions", "memoryBytes", "sweeps", "lost"],
            json.GetProperty("candidates")[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(json.GetProperty("chosen").GetString(), json.GetProperty("candidates")[0].GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("candidates")[0].GetProperty("lost").ValueKind);
        Assert.Equal(["id", "kernelOperations", "instances", "inputs", "outputs", "mode", "reason", "reads", "results"], json.GetProperty("blocks")[0].EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void FewestMultiplicationsComeWithTheirOrder()
    {
        // e = (a + b)·(b + 1): eliminating c = a + b takes two products, d = b + 1 one.
        var json = Tool.Run("plan", Tool.Seed, "--cost", "multiplications", "--rules", "all", "--budget", "0.1", "--format", "json").AssertDone().Json;
        Assert.Equal(("multiplications", "all"), (json.GetProperty("cost").GetString(), json.GetProperty("rules").GetString()));
        Assert.Equal(3, json.GetProperty("candidates")[0].GetProperty("multiplications").GetInt64());
        Assert.Equal([2, 4], json.GetProperty("elimination").EnumerateArray().Select(step => step.GetProperty("vertex").GetInt32()).Order());
        Assert.Equal(3, json.GetProperty("lowerBound").GetInt64());
        Assert.True(json.GetProperty("provenOptimal").GetBoolean());
    }

    [Fact]
    public void AnEliminationThatIsChosenForItsTimeComesWithItsOrder()
    {
        // A product that is recorded twice, and a sum with 0 that simplification takes out of the way.
        var trace = new TraceBuilder(2);
        var (first, second) = (trace.Binary(Op.Mul, 0, 1), trace.Binary(Op.Mul, 0, 1));
        var (sum, zero) = (trace.Binary(Op.Add, first, second), trace.Constant(0));
        var same = trace.Binary(Op.Add, sum, zero);
        var recorded = trace.Build([trace.Unary(Op.Sin, same), trace.Unary(Op.Exp, same)]);
        var function = new TracedFunction(recorded);
        var strategy = Assert.IsType<Plans.EliminationStrategy>(function.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Elimination }).Strategy);
        var order = Cli.Output.RecordedOrder.Of(recorded, Simplification.Simplifier.Simplify(recorded), strategy.Steps.AsSpan());
        Assert.Equal([first, second, sum, same], order.Select(step => step.From).Order());
    }

    [Fact]
    public void CandidatesHaveTheSameMembersWhateverTheCost()
    {
        var json = Tool.Run("plan", Tool.Seed, "--cost", "multiplications", "--budget", "0.1", "--format", "json").AssertDone().Json;
        Assert.Equal(["name", "predictedSeconds", "multiplications", "additions", "memoryBytes", "sweeps", "lost"],
            json.GetProperty("candidates")[0].EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void TableSaysWhy() => Assert.Contains("Chosen: ", Tool.Run("plan", Tool.Pendulum).AssertDone().Output, StringComparison.Ordinal);

    [Fact]
    public void ABudgetThatIsNotKeptIsWarnedOf() =>
        Assert.Contains("more than the budget of 0 s", Tool.Run("plan", Tool.Pendulum, "--budget", "0").AssertDone().Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("auto")]
    [InlineData("forward-colored")]
    [InlineData("reverse-colored")]
    [InlineData("sparse-forward")]
    [InlineData("mixed")]
    [InlineData("bicolored")]
    [InlineData("elimination")]
    public void ASavedPlanIsRun(string mode)
    {
        using var scratch = new Scratch();
        var function = new TracedFunction(Formats.ModelFile.Load(Tool.Pendulum).Trace);
        var plan = function.PlanJacobian(new JacobianPlannerOptions { Mode = Enum.Parse<JacobianMode>(mode.Replace("-", "", StringComparison.Ordinal), ignoreCase: true) });
        using (var file = File.Create(scratch["plan.json"]))
            Formats.Plans.PlanJsonWriter.Write(plan, file);
        var json = Tool.Run("jac", Tool.Pendulum, "--plan", scratch["plan.json"], "--format", "json").AssertDone().Json;
        Assert.Equal(plan.Chosen, json.GetProperty("plan").GetProperty("mode").GetString());
        var planned = Tool.Run("jac", Tool.Pendulum, "--format", "json").AssertDone().Json;
        Assert.Equal(planned.GetProperty("jacobian").GetProperty("columns").GetRawText(), json.GetProperty("jacobian").GetProperty("columns").GetRawText());
    }

    [Fact]
    public void SavedPlansReadBackAsTheyWere()
    {
        using var scratch = new Scratch();
        Tool.Run("plan", Tool.Pendulum, "--save", scratch["plan.json"]).AssertDone();
        var bytes = File.ReadAllBytes(scratch["plan.json"]);
        using var again = new MemoryStream();
        Formats.Plans.PlanJsonWriter.Write(Formats.Plans.PlanJsonReader.Read(bytes), again);
        Assert.Equal(bytes, again.ToArray());
    }

    [Fact]
    public void APlanIsDrawn()
    {
        using var scratch = new Scratch();
        var json = Tool.Run("plan", Tool.Pendulum, "--draw", scratch["plan.svg"], "--format", "json").AssertDone().Json;
        var picture = XDocument.Load(scratch["plan.svg"]).Root!;
        Assert.Equal("svg", picture.Name.LocalName);
        var texts = picture.Elements().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToHashSet();
        Assert.All(json.GetProperty("blocks").EnumerateArray(), block =>
        {
            Assert.Contains(block.GetProperty("mode").GetString()!, texts);
            Assert.NotEqual(0, block.GetProperty("reads").GetArrayLength());
        });
        // Outputs that are equal are computed once.
        Assert.InRange(json.GetProperty("blocks").EnumerateArray().Sum(block => block.GetProperty("results").GetInt32()), 1, json.GetProperty("outputs").GetInt32());
    }

    [Fact]
    public void APlanFromAFileIsDrawnWhateverItsBlocksSayTheyRead()
    {
        var plan = AD.Trace(x => [x[0] * x[1], Real.Exp(x[0])], [1.0, 2.0]).PlanJacobian();
        var odd = plan with { Blocks = [plan.Blocks[0] with { Id = 3, Reads = [new PlanFlow(7, 1), new PlanFlow(3, 1), new PlanFlow(-9, 2)] }, plan.Blocks[0] with { Id = 3 }] };
        Assert.Equal("svg", XDocument.Parse(odd.ToSvg()).Root!.Name.LocalName);
    }

    [Fact]
    public void ABicoloredPlanReadsBackAsItWas()
    {
        var function = AD.Trace(x => [x[0] * x[1] * x[2], x[0] * x[1], x[0] * x[2]], [1.0, 2.0, 3.0]);
        var plan = function.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Bicolored });
        plan = plan with { Strategy = new Plans.BicoloredStrategy([0, 1, 1], 2, [0, -1, -1], 1), Candidates = [plan.Candidates[0] with { ReverseDirections = 1 }] };
        using var text = new MemoryStream();
        Formats.Plans.PlanJsonWriter.Write(plan, text);
        var read = Formats.Plans.PlanJsonReader.Read(text.ToArray());
        var strategy = Assert.IsType<Plans.BicoloredStrategy>(read.Strategy);
        Assert.Equal([0, 1, 1], strategy.ColumnColors.ToArray());
        Assert.Equal([0, -1, -1], strategy.RowColors.ToArray());
        Assert.Equal((2, 1, 1), (strategy.ColumnColorCount, strategy.RowColorCount, read.Candidates[0].ReverseDirections));
    }

    [Fact]
    public void APlanForAnotherFunctionIsRefused()
    {
        using var scratch = new Scratch();
        Tool.Run("plan", Tool.Pendulum, "--save", scratch["plan.json"]).AssertDone();
        var result = Tool.Run("jac", Tool.Seed, "--plan", scratch["plan.json"]);
        Assert.Matches("^hybridad: The plan was made for the function [0-9a-f]{32}, this one is [0-9a-f]{32}. Plan this function again. \\[HAD5002\\]\n$", result.Error);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
    }

    [Fact]
    public void APlanIsMadeWithTheProfileThatIsNamed()
    {
        using var scratch = new Scratch();
        var dear = new CostProfileFile(CostProfile.Default with { EntryCopy = 1000, EntryExtract = 1000 }, "slow", DateTimeOffset.UnixEpoch);
        using (var file = File.Create(scratch["profile.json"]))
            dear.Write(file);
        var (shipped, slow) = (Tool.Run("plan", Tool.Seed, "--format", "json").AssertDone().Json, Tool.Run("plan", Tool.Seed, "--profile", scratch["profile.json"], "--format", "json").AssertDone().Json);
        Assert.True(Seconds(slow) > 10 * Seconds(shipped));
        Tool.Run("jac", Tool.Seed, "--profile", scratch["profile.json"]).AssertDone();
        Tool.Run("jac", Tool.Seed, "--profile", scratch.Write("no.json", "{}"))
            .AssertRefused("no.json is not a cost profile: it is not of format \"hybridad-profile\", version 1. Write one with 'hybridad calibrate'. [HAD5005]");

        static double Seconds(JsonElement plan) => plan.GetProperty("candidates").EnumerateArray().Single(candidate => candidate.GetProperty("name").GetString() == "reverse-rows").GetProperty("predictedSeconds").GetDouble();
    }

    [Theory]
    [InlineData("{", "plan.json: line 1, byte 1: not well-formed JSON [HAD5003]")]
    [InlineData("{\"format\": \"\\ud800\"}", "plan.json: not well-formed JSON: a string is not valid Unicode text [HAD5003]")]
    [InlineData("[]", "plan.json: the plan is not an object. Write plans with 'hybridad plan --save'. [HAD5003]")]
    [InlineData("{}", "plan.json: the plan has no 'format'. Write plans with 'hybridad plan --save'. [HAD5003]")]
    [InlineData("{\"format\": \"hybridad-plan\", \"version\": 1, \"candidates\": []}", "plan.json: 'candidates' is empty: what was chosen is missing. Write plans with 'hybridad plan --save'. [HAD5003]")]
    public void APlanThatIsNoneIsRefused(string text, string message)
    {
        using var scratch = new Scratch();
        Tool.Run("jac", Tool.Seed, "--plan", scratch.Write("plan.json", text)).AssertRefused(message);
    }

    [Theory]
    [InlineData("\"colors\":[0,1]", "\"colors\":[0,0]", "columns 0 and 1 both have color 0 and a nonzero in row 0")]
    [InlineData("\"colors\":[0,1]", "\"colors\":[0]", "it has colors for 1 columns, the Jacobian has 2")]
    [InlineData("\"colors\":[0,1]", "\"colors\":[0,7]", "column 1 has color 7 of 2")]
    [InlineData("\"colors\":[0,1]", "\"colors\":[0,-1]", "column 1 has color -1 of 2")]
    [InlineData("\"colorCount\":2", "\"colorCount\":1000000000", "it has 1000000000 colors for 2 columns")]
    public void APlanChangedByHandIsRefusedWhereItWouldGiveWrongNumbers(string original, string changed, string what)
    {
        using var scratch = new Scratch();
        var function = new TracedFunction(Formats.ModelFile.Load(Tool.Seed).Trace);
        using var text = new MemoryStream();
        Formats.Plans.PlanJsonWriter.Write(function.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Forward }), text);
        var plan = System.Text.Encoding.UTF8.GetString(text.ToArray());
        Assert.Contains(original, plan, StringComparison.Ordinal);
        Tool.Run("jac", Tool.Seed, "--plan", scratch.Write("plan.json", plan.Replace(original, changed, StringComparison.Ordinal)))
            .AssertRefused($"The plan does not fit the function: {what}. Plan it again. [HAD5004]");
    }
}
