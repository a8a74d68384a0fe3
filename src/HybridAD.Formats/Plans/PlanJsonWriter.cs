using System.Text.Json;
using HybridAD.Plans;

namespace HybridAD.Formats.Plans;

/// <summary>Writes a plan as JSON, complete enough to run it again without planning; the hash of the graph tells what it is for.</summary>
public static class PlanJsonWriter
{
    /// <summary>Writes UTF-8 text.</summary>
    public static void Write(JacobianPlan plan, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using var json = new Utf8JsonWriter(destination);
        json.WriteStartObject();
        json.WriteString("format", PlanJsonReader.Format);
        json.WriteNumber("version", PlanJsonReader.Version);
        json.WriteString("trace", plan.TraceHash);
        json.WriteNumber("inputs", plan.InputCount);
        json.WriteNumber("outputs", plan.OutputCount);
        json.WriteNumber("nonzeros", plan.NonzeroCount);
        json.WriteNumber("operations", plan.OperationCount);
        json.WriteString("chosen", plan.Chosen);
        json.WriteString("reason", plan.Reason);
        json.WriteNumber("lowerBoundSeconds", plan.LowerBoundSeconds);
        json.WriteNumber("planSeconds", plan.PlanSeconds);
        json.WriteStartObject("strategy");
        WriteStrategy(json, plan.Strategy);
        json.WriteStartArray("candidates");
        foreach (var candidate in plan.Candidates)
            WriteCandidate(json, candidate);
        json.WriteEndArray();
        json.WriteStartArray("blocks");
        foreach (var block in plan.Blocks)
            WriteBlock(json, block);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the members of an object that was begun, and ends it.</summary>
    private static void WriteStrategy(Utf8JsonWriter json, JacobianStrategy strategy)
    {
        switch (strategy)
        {
            case SweepStrategy sweep:
                json.WriteString("kind", sweep.Direction == SweepDirection.Forward ? PlanJsonReader.ForwardSweeps : PlanJsonReader.ReverseSweeps);
                json.WriteNumber("colorCount", sweep.ColorCount);
                WriteNumbers(json, "colors", sweep.Colors.AsSpan());
                if (sweep.MostWidth < SweepWidth.Most)
                    json.WriteNumber("mostWidth", sweep.MostWidth);
                break;
            case CheckpointedStrategy checkpointed:
                json.WriteString("kind", PlanJsonReader.Checkpointed);
                json.WriteStartObject("sweep");
                WriteStrategy(json, checkpointed.Sweep);
                WriteNumbers(json, "ends", checkpointed.Ends.AsSpan());
                json.WriteNumber("checkpoints", checkpointed.Checkpoints);
                break;
            case BicoloredStrategy bicolored:
                json.WriteString("kind", PlanJsonReader.BicoloredSweeps);
                json.WriteNumber("columnColorCount", bicolored.ColumnColorCount);
                WriteNumbers(json, "columnColors", bicolored.ColumnColors.AsSpan());
                json.WriteNumber("rowColorCount", bicolored.RowColorCount);
                WriteNumbers(json, "rowColors", bicolored.RowColors.AsSpan());
                break;
            case AccumulationStrategy accumulation:
                json.WriteString("kind", PlanJsonReader.Accumulation);
                WriteNumbers(json, "keptNodes", accumulation.KeptNodes.AsSpan());
                if (accumulation.IsWalked)
                    json.WriteBoolean("walked", true);
                break;
            case ChainStrategy chain:
                json.WriteString("kind", PlanJsonReader.Chain);
                json.WriteStartArray("cuts");
                foreach (var cut in chain.Cuts)
                    WriteNumbers(json, cut.AsSpan());
                json.WriteEndArray();
                json.WriteStartObject("product");
                WriteProduct(json, chain.Product);
                break;
            case EliminationStrategy elimination:
                json.WriteString("kind", PlanJsonReader.Elimination);
                WriteSteps(json, elimination.Steps.AsSpan());
                break;
            case BlockStrategy blocks:
                json.WriteString("kind", PlanJsonReader.Blocks);
                if (blocks.Composition != BlockComposition.Gradients)
                    json.WriteString("composition", PlanJsonReader.Compositions[(int)blocks.Composition]);
                if (blocks.Division != BlockDivision.Operations)
                    json.WriteString("division", PlanJsonReader.Divisions[(int)blocks.Division]);
                json.WriteStartArray("orders");
                foreach (var order in blocks.Orders)
                {
                    json.WriteStartObject();
                    WriteStrategy(json, order);
                }
                json.WriteEndArray();
                json.WriteStartObject("otherwise");
                WriteStrategy(json, blocks.Otherwise);
                break;
            default:
                throw new NotSupportedException($"Strategies of type {strategy.GetType().Name} cannot be written.");
        }
        json.WriteEndObject();
    }

    /// <summary>Writes the members of an object that was begun, and ends it.</summary>
    private static void WriteProduct(Utf8JsonWriter json, ChainStep step)
    {
        json.WriteString("way", PlanJsonReader.Ways[(int)step.Way]);
        json.WriteNumber("first", step.First);
        json.WriteNumber("last", step.Last);
        json.WriteNumber("split", step.Split);
        foreach (var (name, part) in (ReadOnlySpan<(string, ChainStep?)>)[("early", step.Early), ("late", step.Late)])
            if (part is not null)
            {
                json.WriteStartObject(name);
                WriteProduct(json, part);
            }
        json.WriteEndObject();
    }

    private static void WriteSteps(Utf8JsonWriter json, ReadOnlySpan<EliminationStep> steps)
    {
        json.WriteStartArray("steps");
        foreach (var step in steps)
        {
            json.WriteStartObject();
            if (step.Kind == EliminationKind.Vertex)
            {
                json.WriteNumber("vertex", step.From);
            }
            else
            {
                WriteNumbers(json, "edge", [step.From, step.To]);
                json.WriteString("side", step.Kind == EliminationKind.FrontEdge ? PlanJsonReader.Front : PlanJsonReader.Back);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteCandidate(Utf8JsonWriter json, PlanCandidate candidate)
    {
        json.WriteStartObject();
        json.WriteString("name", candidate.Name);
        if (double.IsFinite(candidate.PredictedSeconds))
            json.WriteNumber("predictedSeconds", candidate.PredictedSeconds);
        json.WriteNumber("multiplyAdds", candidate.MultiplyAdds);
        if (candidate.SetupSeconds > 0)
            json.WriteNumber("setupSeconds", candidate.SetupSeconds);
        if (candidate.Multiplications is { } multiplications)
            json.WriteNumber("multiplications", multiplications);
        if (candidate.Additions is { } additions)
            json.WriteNumber("additions", additions);
        json.WriteNumber("memoryBytes", candidate.MemoryBytes);
        json.WriteNumber("sweeps", candidate.Sweeps);
        json.WriteNumber("directions", candidate.Directions);
        if (candidate.ReverseDirections > 0)
            json.WriteNumber("reverseDirections", candidate.ReverseDirections);
        if (candidate.Lost is not null)
            json.WriteString("lost", candidate.Lost);
        json.WriteEndObject();
    }

    private static void WriteBlock(Utf8JsonWriter json, PlanBlock block)
    {
        json.WriteStartObject();
        json.WriteNumber("id", block.Id);
        json.WriteNumber("operations", block.Operations);
        json.WriteNumber("instances", block.Instances);
        json.WriteNumber("inputs", block.Inputs);
        json.WriteNumber("outputs", block.Outputs);
        json.WriteNumber("shared", block.Shared);
        json.WriteNumber("kept", block.Kept);
        json.WriteStartArray("reads");
        foreach (var flow in block.Reads)
        {
            json.WriteStartObject();
            if (flow.From != PlanFlow.FunctionInputs)
                json.WriteNumber("block", flow.From);
            json.WriteNumber("width", flow.Width);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("results", block.Results);
        json.WriteString("mode", block.Mode);
        json.WriteString("reason", block.Reason);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<int> numbers)
    {
        json.WritePropertyName(name);
        WriteNumbers(json, numbers);
    }

    private static void WriteNumbers(Utf8JsonWriter json, ReadOnlySpan<int> numbers)
    {
        json.WriteStartArray();
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
