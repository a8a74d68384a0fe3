using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Formats.Plans;
using HybridAD.Graph;
using HybridAD.Planning.Elimination;
using HybridAD.Plans;
using HybridAD.Simplification;

namespace HybridAD.Cli.Commands;

/// <summary>The ways a Jacobian could be computed, the choice and the reason.</summary>
internal static class PlanCommand
{
    public const string Summary = "The candidates, their predicted cost, the choice and the reason";

    public static readonly string[] Examples =
    [
        "hybridad plan model.nl                    why this mode",
        "hybridad plan model.nl --format json      for programs",
        "hybridad plan model.nl --save plan.json   to be run later by 'hybridad jac model.nl --plan plan.json'",
        "hybridad plan model.nl --draw plan.svg    the blocks and what flows between them, as a picture",
        "hybridad plan trace.json --cost multiplications --rules fold --budget 2",
        "                                          the elimination order with the fewest multiplications",
    ];

    private static readonly Dictionary<string, EliminationRules> Rules = new()
    {
        ["all"] = EliminationRules.All, ["unit"] = EliminationRules.Unit, ["fold"] = EliminationRules.Fold, ["cse"] = EliminationRules.Cse,
    };

    public static void Define(Command command, Shell shell)
    {
        var file = CommonOptions.File();
        var core = CommonOptions.Core();
        var format = CommonOptions.Format("table", "json");
        var output = CommonOptions.Output();
        var cost = CommonOptions.Choice("--cost", "What is minimised", "time", "multiplications");
        var rules = CommonOptions.Choice("--rules", "What counts as a multiplication, with --cost multiplications", [.. Rules.Keys]);
        var budget = new Option<double?>("--budget") { Description = "Seconds the search may take (1 with --cost multiplications); with --cost time a warning tells when planning took longer", HelpName = "SECONDS" };
        budget.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 && double.IsFinite(seconds)))
                result.AddError($"'--budget {token.Value}' is not a number of seconds, 0 or more");
        });
        var save = new Option<string?>("--save") { Description = "Write the plan to a file that 'jac --plan' runs", HelpName = "PLAN" };
        var draw = new Option<string?>("--draw") { Description = "Write a picture of the plan: its blocks in the colours of their modes", HelpName = "SVG" };
        var memory = MemoryOption.Create();
        var profile = CommonOptions.Profile();
        command.Arguments.Add(file);
        foreach (var option in new Option[] { core, format, output, cost, rules, budget, save, draw, memory, profile })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var countsMultiplications = parsed.GetValue(cost) == "multiplications";
            if (countsMultiplications && parsed.GetValue(save) is not null)
                CommonOptions.Refuse("'--save' writes a plan that 'jac' runs; with '--cost multiplications' there is none: use '--format json -o FILE'");
            if (countsMultiplications && parsed.GetValue(draw) is not null)
                CommonOptions.Refuse("'--draw' shows the blocks of a plan that 'jac' runs; with '--cost multiplications' there is none");
            if (countsMultiplications && parsed.GetValue(memory) is not null)
                CommonOptions.Refuse("'--memory' limits what an evaluation takes; with '--cost multiplications' nothing is evaluated");
            if (countsMultiplications && parsed.GetValue(profile) is not null)
                CommonOptions.Refuse("'--profile' prices time; with '--cost multiplications' there are no prices");
            if (!countsMultiplications && parsed.GetResult(rules) is { Implicit: false })
                CommonOptions.Refuse("'--rules' says what counts as a multiplication; give '--cost multiplications' too");
            OutputTarget.RequireApart(("--save", parsed.GetValue(save)), ("--draw", parsed.GetValue(draw)), ("-o", parsed.GetValue(output) ?? OutputTarget.StandardOutput));
            using var progress = new Progress(shell);
            progress.Stage("reading");
            var model = LoadedModel.Load(parsed.GetRequiredValue(file), shell, parsed.GetValue(core));
            progress.Stage("planning");
            if (countsMultiplications)
            {
                var options = new MultiplicationPlannerOptions { Seconds = parsed.GetValue(budget) ?? 1 };
                var order = MultiplicationPlanner.Plan(model.Trace, Rules[parsed.GetValue(rules) ?? "all"], options);
                var notes = model.Warnings().ToList();
                if (parsed.GetValue(format) == "json")
                    JsonOutput.Write(parsed.GetValue(output), shell, json => EliminationOutput.Write(json, order, notes));
                else
                    EliminationOutput.Table(order, notes).Write(parsed.GetValue(output), shell);
                return ExitCode.Done;
            }
            _ = model.Function.JacobianPattern;
            var plan = model.Function.PlanJacobian(new JacobianPlannerOptions
            {
                SearchSeconds = parsed.GetValue(budget), Profile = Profiles.Find(parsed.GetValue(profile), shell), MemoryLimit = MemoryOption.Of(parsed, memory),
            });
            var warnings = model.Warnings().ToList();
            if (parsed.GetValue(budget) is { } seconds && plan.PlanSeconds > seconds)
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"planning took {plan.PlanSeconds:0.000} s, more than the budget of {seconds} s"));
            var write = () =>
            {
                if (parsed.GetValue(format) == "json")
                    JsonOutput.Write(parsed.GetValue(output), shell, json => Write(json, model.Trace, plan, warnings));
                else
                    Table(plan, warnings).Write(parsed.GetValue(output), shell);
            };
            if (parsed.GetValue(draw) is { } picture)
                write = Before(write, picture, shell, stream => stream.Write(Encoding.UTF8.GetBytes(plan.ToSvg(model.Function.Trace))));
            if (parsed.GetValue(save) is { } path)
                write = Before(write, path, shell, stream => PlanJsonWriter.Write(plan, stream));
            write();
            return ExitCode.Done;
        });
    }

    /// <summary>Writes a file, and other results before it has its name: where one of them cannot be written, none is left behind.</summary>
    private static Action Before(Action others, string path, Shell shell, Action<Stream> write) => () => OutputTarget.Write(path, shell, stream =>
    {
        write(stream);
        stream.Flush();
        others();
    });

    private static Page Table(JacobianPlan plan, List<string> warnings)
    {
        var page = new Page();
        JacTable.AddWarnings(page, warnings);
        foreach (var line in plan.Explain().ReplaceLineEndings("\n").Split('\n'))
            page.Line(line);
        return page;
    }

    private static void Write(Utf8JsonWriter json, Trace trace, JacobianPlan plan, List<string> warnings)
    {
        json.WriteStartObject();
        json.WriteNumber("inputs", plan.InputCount);
        json.WriteNumber("outputs", plan.OutputCount);
        json.WriteNumber("nonzeros", plan.NonzeroCount);
        json.WriteNumber("operations", plan.OperationCount);
        json.WriteString("cost", "time");
        json.WriteNull("rules");
        json.WriteString("chosen", plan.Chosen);
        json.WriteString("reason", plan.Reason);
        json.WriteStartArray("candidates");
        foreach (var candidate in plan.Candidates)
        {
            // A candidate that was given up early has bounds only; the counts of a fused multiply-add are one of each.
            long? counted = candidate.MultiplyAdds > 0 || candidate.Lost is null ? candidate.MultiplyAdds : null;
            json.WriteStartObject();
            json.WriteString("name", candidate.Name);
            json.Number("predictedSeconds", candidate.PredictedSeconds);
            json.Number("setupSeconds", candidate.SetupSeconds);
            json.Number("multiplications", candidate.Multiplications ?? counted);
            json.Number("additions", candidate.Additions ?? counted);
            json.WriteNumber("memoryBytes", candidate.MemoryBytes);
            json.WriteNumber("sweeps", candidate.Sweeps);
            json.WriteString("lost", candidate.Lost);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Number("lowerBound", plan.LowerBoundSeconds);
        if (plan.Strategy is EliminationStrategy elimination)
            EliminationOutput.WriteOrder(json, RecordedOrder.Of(trace, Simplifier.Simplify(trace), elimination.Steps.AsSpan()));
        else
            json.WriteNull("elimination");
        json.WriteStartArray("blocks");
        foreach (var block in plan.Blocks)
        {
            json.WriteStartObject();
            json.WriteNumber("id", block.Id);
            json.WriteNumber("kernelOperations", block.Operations);
            json.WriteNumber("instances", block.Instances);
            json.WriteNumber("inputs", block.Inputs);
            json.WriteNumber("outputs", block.Outputs);
            json.WriteString("mode", block.Mode);
            json.WriteString("reason", block.Reason);
            json.WriteStartArray("reads");
            foreach (var flow in block.Reads)
            {
                json.WriteStartObject();
                if (flow.From == PlanFlow.FunctionInputs)
                    json.WriteNull("block");
                else
                    json.WriteNumber("block", flow.From);
                json.WriteNumber("width", flow.Width);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("results", block.Results);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Number("planSeconds", plan.PlanSeconds);
        json.Strings("warnings", warnings);
        json.WriteEndObject();
    }
}
