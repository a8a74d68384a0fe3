using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Execution.Kernels.Schedules;

namespace HybridAD.Execution.Kernels.StraightLine;

/// <summary>
/// Emits one part of a code for one instance, with its positions as constants: its instructions are chosen (<see cref="InstructionSelection"/>), ordered
/// (<see cref="InstructionSchedule"/>) and given registers (<see cref="RegisterAllocation"/>), of which each is a variable for the JIT.
/// </summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Asked for only where code can be generated, see KernelFactory.")]
internal sealed partial class StraightLineEmitter
{
    // The arguments. The first is what the delegate is closed over, so that it calls the code without moving the other arguments: literals.
    private static readonly Arguments Kernel = new(Point: 2, Result: 3, Memory: 1, RegisterFile: 4);
    private static readonly Arguments AtPoints = new(Point: 1, Result: 3);
    private static readonly Arguments AtPointsWithValues = new(Point: 1, Result: 5, Memory: 3);

    // Registers for what the JIT moves, and room for numbers that are fetched.
    private const int Spare = 2;
    private const int Room = 6;

    private static readonly Type Numbers = typeof(double).MakeByRefType();
    private static readonly MethodInfo FirstOfArray = VectorIsa.Method<FirstNumber>(MemoryMarshal.GetArrayDataReference);
    private static readonly ScalarForm Form = ScalarForm.Native;

    private readonly MethodCode _il;
    private readonly Arguments _arguments;
    private readonly Instruction[] _instructions;
    private readonly LocalBuilder?[] _results;

    // A variable for each register and width, and where results are that did not find room in registers.
    private readonly Dictionary<(int Register, int Lanes), LocalBuilder> _registers = [];
    private readonly Dictionary<int, int> _slots = [];
    private LocalBuilder? _spilled;

    // Literals that are fetched more than once: the JIT would keep those in registers that it has not.
    private readonly List<double> _literals = [];
    private readonly int[] _literalPlaces;
    private LocalBuilder? _firstLiteral;

    private StraightLineEmitter(MethodCode il, Arguments arguments, Instruction[] instructions, int resultCount)
    {
        (_il, _arguments, _instructions) = (il, arguments, instructions);
        _results = new LocalBuilder?[resultCount];
        _literalPlaces = new int[instructions.Length];
    }

    /// <summary>The code as one function, and whether it is short enough to be optimised.</summary>
    public static (StraightLineKernel Kernel, bool IsOptimized) Emit(StraightLinePlan plan, bool isStrict) =>
        Emit<StraightLineKernel>(plan, plan.Schedule.Segments[0], isStrict, [typeof(double[]), Numbers, Numbers, Numbers]);

    /// <summary>One of several parts of the code, and whether it is short enough to be optimised.</summary>
    public static (StraightLinePart Kernel, bool IsOptimized) EmitPart(StraightLinePlan plan, KernelSegment segment, bool isStrict) =>
        Emit<StraightLinePart>(plan, segment, isStrict, [typeof(double[]), Numbers, Numbers, Numbers, Numbers]);

    private static (TKernel Kernel, bool IsOptimized) Emit<TKernel>(StraightLinePlan plan, KernelSegment segment, bool isStrict, Type[] parameters)
        where TKernel : Delegate
    {
        var (emitter, placed) = Prepare(parameters, plan, segment, isStrict, Kernel);
        emitter.PlaceLiterals();
        emitter.LoadLiterals(null);
        emitter.EmitAll(placed);
        return (emitter._il.CreateDelegate<TKernel>(emitter._literals.ToArray()), emitter._il.IsOptimized);
    }

    private static (StraightLineEmitter Emitter, List<PlacedInstruction> Placed) Prepare(
        Type[] parameters, StraightLinePlan plan, KernelSegment segment, bool isStrict, Arguments arguments)
    {
        var method = new DynamicMethod("StraightLine", typeof(void), parameters, typeof(StraightLineEmitter), true) { InitLocals = false };
        var (instructions, resultCount) = InstructionSelection.Of(plan, segment, isStrict, testsAlarm: arguments != Kernel);
        var emitter = new StraightLineEmitter(new MethodCode(method, 256 + 24 * segment.Events.Length), arguments, instructions, resultCount);
        var order = InstructionSchedule.Of(instructions, Form.Registers - Spare - Room);
        return (emitter, RegisterAllocation.Of(instructions, order, Form.Registers - Spare));
    }

    private void EmitAll(List<PlacedInstruction> placed)
    {
        ReserveMemory(placed);
        foreach (var one in placed)
            switch (one.Kind)
            {
                case PlacementKind.Spill:
                    EmitSlot(one.Instruction);
                    EmitRegister(one.Register, _instructions[one.Instruction].Lanes);
                    EmitStore(TypeOf(_instructions[one.Instruction].Lanes));
                    break;
                case PlacementKind.Reload:
                    EmitReload(one.Instruction);
                    Keep(one.Register, _instructions[one.Instruction].Lanes);
                    break;
                default:
                    Emit(_instructions[one.Instruction], one);
                    if (one.Register >= 0)
                        Keep(one.Register, _instructions[one.Instruction].Lanes);
                    break;
            }
        _il.Emit(OpCodes.Ret);
    }

    /// <summary>Room on the stack for results that are spilled.</summary>
    private void ReserveMemory(List<PlacedInstruction> placed)
    {
        var size = 0;
        foreach (var one in placed)
            if (one.Kind == PlacementKind.Spill)
            {
                _slots.Add(one.Instruction, size);
                size += sizeof(double) * Math.Max(2, _instructions[one.Instruction].Lanes);
            }
        if (size == 0)
            return;
        _spilled = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldc_I4, size);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Localloc);
        _il.Emit(OpCodes.Stloc, _spilled);
    }

    private void PlaceLiterals()
    {
        var uses = new int[_instructions.Length];
        foreach (var instruction in _instructions)
            foreach (var source in instruction.Sources)
                uses[source]++;
        for (var k = 0; k < uses.Length; k++)
        {
            _literalPlaces[k] = -1;
            if (uses[k] < 2 || _instructions[k].Numbers is not { } numbers)
                continue;
            _literalPlaces[k] = _literals.Count;
            _literals.AddRange(IsSame(numbers) ? numbers.AsSpan(0, 1) : numbers);
        }
    }

    /// <summary>Finds the literals: what the function is closed over, or a field of that.</summary>
    private void LoadLiterals(FieldInfo? field)
    {
        if (_literals.Count == 0)
            return;
        _firstLiteral = _il.DeclareLocal(Numbers);
        _il.Emit(OpCodes.Ldarg_0);
        if (field is not null)
            _il.Emit(OpCodes.Ldfld, field);
        _il.Emit(OpCodes.Call, FirstOfArray);
        _il.Emit(OpCodes.Stloc, _firstLiteral);
    }

    private static bool IsSame(double[] numbers)
    {
        foreach (var number in numbers)
            if (BitConverter.DoubleToInt64Bits(number) != BitConverter.DoubleToInt64Bits(numbers[0]))
                return false;
        return true;
    }

    private void EmitSlot(int instruction)
    {
        _il.Emit(OpCodes.Ldloc, _spilled!);
        EmitOffset(_slots[instruction]);
    }

    private void EmitReload(int instruction)
    {
        EmitSlot(instruction);
        EmitLoad(TypeOf(_instructions[instruction].Lanes));
    }

    private static Type TypeOf(int lanes) => lanes == 1 ? Form.Type : VectorIsa.Of(lanes).Type;

    private LocalBuilder Variable(int register, int lanes)
    {
        var key = (register, Form.IsLane ? Math.Max(2, lanes) : lanes);
        if (!_registers.TryGetValue(key, out var local))
            _registers.Add(key, local = _il.DeclareLocal(TypeOf(lanes)));
        return local;
    }

    private void EmitRegister(int register, int lanes) => _il.Emit(OpCodes.Ldloc, Variable(register, lanes));

    private void Keep(int register, int lanes) => _il.Emit(OpCodes.Stloc, Variable(register, lanes));

    /// <summary>Volatile, or the JIT would load a number once and keep it.</summary>
    private void EmitLoad(Type type)
    {
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(OpCodes.Ldobj, type);
    }

    private void EmitStore(Type type)
    {
        _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(OpCodes.Stobj, type);
    }

    private void EmitAddress(Place place)
    {
        if (place.Area == Area.Results)
        {
            _il.Emit(OpCodes.Ldloca, _results[place.Number]!);
            _il.Emit(OpCodes.Conv_U);
        }
        else if (place.Area == Area.Literals)
            _il.Emit(OpCodes.Ldloc, _firstLiteral!);
        else
            _il.Emit(OpCodes.Ldarg, (short)(place.Area switch { Area.Memory => _arguments.Memory, Area.Point => _arguments.Point, Area.Result => _arguments.Result, _ => _arguments.RegisterFile }));
        EmitOffset(sizeof(double) * (long)place.Position);
    }

    private void EmitOffset(long bytes)
    {
        if (bytes == 0)
            return;
        if (bytes == (int)bytes)
            _il.Emit(OpCodes.Ldc_I4, (int)bytes);
        else
        {
            _il.Emit(OpCodes.Ldc_I8, bytes);
            _il.Emit(OpCodes.Conv_I);
        }
        _il.Emit(OpCodes.Add);
    }

    private delegate ref double FirstNumber(double[] numbers);

    /// <summary>Which argument is which; −1 for none.</summary>
    private readonly record struct Arguments(int Point, int Result, int Memory = -1, int RegisterFile = -1);
}
